import type { Lookup } from "../../snapset/placement/lookups";
import type { Needs } from "../../snapset/placement/needs";
import type { Places } from "../../snapset/placement/places";

/** A cloud that has everything: what is called `x` has the id `x-id`; no floating IP is ours. */
function placesOf(needs: Needs): Places {
  const ids = (lookups: readonly Lookup[]) =>
    Object.fromEntries(lookups.map(({ name }) => [name, `${name}-id`]));
  const network = ({ name, cidrs = [] }: { name: string; cidrs?: string[] }) => {
    const subnets = Object.fromEntries(cidrs.map((cidr) => [cidr, `${cidr}-id`]));
    return [name, { id: `${name}-id`, mtu: 1400, subnets }] as const;
  };
  return {
    images: ids(needs.images),
    networks: Object.fromEntries(
      [...needs.externalNetworks, ...needs.existingNetworks].map(network),
    ),
    securityGroups: ids(needs.securityGroups),
    floatingIps: {},
  };
}

/** What the mocked engine adds to a resource's state: places to a Selection, nothing to others. */
export function selectedState(type: string, inputs: object): object {
  const { needs } = inputs as { needs?: Needs };
  return type.endsWith("snapset:Selection") && needs ? { places: placesOf(needs) } : {};
}
