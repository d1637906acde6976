import { mergeOptions, output, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import { Selection } from "../dynamic/selection";
import type { Environment } from "../snapset/environment/environment";
import { wantedNodesOf } from "../snapset/environment/wantedNode";
import { needsOf } from "../snapset/placement/needs";
import type {
  FloatingIpChoice,
  FoundMachine,
  FoundNetwork,
  Places,
} from "../snapset/placement/places";

/** What the names of an environment stand for in the cloud: ids that were chosen once, and are kept. */
export class Placed {
  constructor(private readonly places: Output<Places>) {}

  /** Of the base image of that name. */
  imageId(name: string): Output<string> {
    return this.places.apply(({ images }) => found(images, "image", name));
  }

  /** An external one, or one of somebody else's. */
  network(name: string): Output<FoundNetwork> {
    return this.places.apply(({ networks }) => found(networks, "network", name));
  }

  /** Of a subnet, by its network and its CIDR. */
  subnetId(network: string, cidr: string): Output<string> {
    return this.network(network).apply(({ subnets }) => found(subnets, "subnet", cidr));
  }

  /** Of a group that the environment does not make itself. */
  securityGroupId(name: string): Output<string> {
    return this.places.apply(({ securityGroups }) => found(securityGroups, "security group", name));
  }

  /** A machine of Ironic, by the environment's name. */
  machine(name: string): Output<FoundMachine> {
    return this.places.apply(({ machines }) => found(machines ?? {}, "machine", name));
  }

  /** What becomes of the floating IP of that address; a new one takes its place where none was found. */
  floatingIp(address: string): Output<FloatingIpChoice> {
    return this.places.apply(({ floatingIps }) => floatingIps[address] ?? "any");
  }
}

/**
 * Finds what an environment needs of the cloud, where that is not known yet.
 *
 * @param places undefined where nobody has looked
 * @returns options, too, with which nothing of the environment is made before all of it is found
 */
export function placedIn(
  name: string,
  spec: Environment,
  isRestored: boolean,
  places: Output<Places> | undefined,
  opts: ComponentResourceOptions = {},
): { placed: Placed; opts: ComponentResourceOptions } {
  if (places !== undefined) return { placed: new Placed(output(places)), opts };
  const { parent } = opts;
  const selection = new Selection(
    name,
    {
      snapId: null,
      nodes: wantedNodesOf(spec).map((node, i) => ({
        ...node,
        image: isRestored ? undefined : spec.nodes[i]?.image,
      })),
      needs: needsOf(spec, isRestored ? "restore" : "deploy"),
    },
    parent === undefined ? {} : { parent },
  );
  return {
    placed: new Placed(selection.places),
    opts: mergeOptions(opts, { dependsOn: selection }),
  };
}

function found<T>(known: Readonly<Record<string, T>>, kind: string, name: string): T {
  const it = known[name];
  if (it === undefined) throw new Error(`${kind} ${name} was not looked up in the cloud`);
  return it;
}
