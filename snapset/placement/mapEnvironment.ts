import { InputError } from "../../common/errors";
import { findConflicts } from "../environment/conflicts";
import {
  portsOf,
  type Environment,
  type EnvironmentPort,
  type EnvironmentSubport,
} from "../environment/environment";
import { isInside } from "../environment/subnets";
import type { NameMap, Placement } from "./placement";
import { unusedNames } from "./unusedNames";

/**
 * The environment as it is to be in this cloud: under the names that things have here, with the
 * addresses that it is to keep.
 *
 * @throws {InputError} naming each entry of `map` that nothing in the environment uses, and each name
 * that is no longer unique
 */
export function mapEnvironment(environment: Environment, placement: Placement): Environment {
  const unused = unusedNames(environment, placement.map);
  if (unused.length > 0) throw new InputError("snapset:map", unused);
  const mapped = withNames(environment, placement);
  const conflicts = findConflicts(mapped);
  if (conflicts.length > 0) throw new InputError("snapset:map", conflicts);
  return mapped;
}

function withNames(environment: Environment, placement: Placement): Environment {
  const { map } = placement;
  const ownGroups = new Set(environment.securityGroups?.map(({ name }) => name));
  const group = (name: string) => (ownGroups.has(name) ? name : renamed(map.securityGroups, name));
  const cleared =
    placement.mac === "clear"
      ? new Set(portsOf(environment).flatMap(({ port }) => port.mac ?? []))
      : new Set<string>();
  const port = <P extends EnvironmentPort | EnvironmentSubport>(spec: P): P => ({
    ...placedPort(spec, placement, group, cleared),
    ...(placement.ip === "pool" && { fixedIps: subnetsOnly(spec, environment) }),
    network: networkName(environment, spec.network, map),
  });
  const trunkPort = (spec: EnvironmentPort): EnvironmentPort => ({
    ...port(spec),
    ...(spec.trunk && {
      trunk: { ...spec.trunk, subports: spec.trunk.subports.map((it) => port(it)) },
    }),
  });
  return {
    ...environment,
    networks: environment.networks.map((it) => ({
      ...it,
      name: networkName(environment, it.name, map),
    })),
    routers: environment.routers.map((it) => ({
      ...it,
      ...optionally("externalNetwork", it.externalNetwork, map.networks),
    })),
    ...(environment.securityGroups && {
      securityGroups: environment.securityGroups.map((it) => ({
        ...it,
        rules: it.rules.map((rule) => ({
          ...rule,
          ...(rule.remoteGroup !== undefined && { remoteGroup: group(rule.remoteGroup) }),
        })),
      })),
    }),
    nodes: environment.nodes.map((it) => ({
      ...placedNode(it, map),
      ports: it.ports.map(trunkPort),
    })),
    ...(environment.ports && { ports: environment.ports.map(trunkPort) }),
  };
}

/** A network that the environment makes itself has its own name everywhere. */
function networkName({ networks }: Environment, name: string, map: NameMap): string {
  const isExisting = networks.some((it) => it.name === name && it.existing === true);
  return isExisting ? renamed(map.networks, name) : name;
}

function placedPort<P extends EnvironmentPort | EnvironmentSubport>(
  spec: P,
  { map, mac, floatingIp }: Placement,
  group: (name: string) => string,
  cleared: ReadonlySet<string>,
): P {
  const { mac: ownMac, floatingIp: wanted, ...rest } = spec;
  const floating = floatingIp === "none" ? undefined : wanted;
  return {
    ...rest,
    ...(mac === "preserve" && ownMac !== undefined && { mac: ownMac }),
    ...(spec.securityGroups && { securityGroups: spec.securityGroups.map(group) }),
    allowedAddressPairs: spec.allowedAddressPairs.map(({ mac: pairMac, ...pair }) =>
      pairMac === undefined || cleared.has(pairMac) ? pair : { ...pair, mac: pairMac },
    ),
    ...(floating && {
      floatingIp: {
        network: renamed(map.networks, floating.network),
        ...(floatingIp === "same" &&
          floating.address !== undefined && { address: floating.address }),
      },
    }),
  } as P;
}

/** The subnets that a port has addresses of, in their order, without the addresses. */
function subnetsOnly(
  { network, fixedIps }: Pick<EnvironmentPort, "network" | "fixedIps">,
  { networks }: Environment,
): EnvironmentPort["fixedIps"] {
  const subnets = networks.find(({ name }) => name === network)?.subnets ?? [];
  return fixedIps.flatMap(({ ip, subnet }) => {
    const holder = subnets.find(({ cidr }) => ip !== undefined && isInside([cidr], ip))?.name;
    const name = subnet ?? holder;
    return name === undefined ? [] : [{ subnet: name }];
  });
}

function placedNode(spec: Environment["nodes"][number], map: NameMap) {
  return {
    ...spec,
    flavor: renamed(map.flavors, spec.flavor),
    ...optionally("image", spec.image, map.images),
    ...optionally("keyPair", spec.keyPair, map.keyPairs),
    ...optionally("availabilityZone", spec.availabilityZone, map.availabilityZones),
    ...(spec.rootVolume && {
      rootVolume: {
        ...spec.rootVolume,
        ...optionally("type", spec.rootVolume.type, map.volumeTypes),
      },
    }),
    volumes: spec.volumes.map((volume) => ({
      ...volume,
      ...optionally("type", volume.type, map.volumeTypes),
      ...optionally("image", volume.image, map.images),
    })),
  };
}

function renamed(names: Readonly<Record<string, string>>, name: string): string {
  return Object.hasOwn(names, name) ? (names[name] ?? name) : name;
}

function optionally<K extends string>(
  key: K,
  name: string | undefined,
  names: Readonly<Record<string, string>>,
): Partial<Record<K, string>> {
  return name === undefined ? {} : ({ [key]: renamed(names, name) } as Record<K, string>);
}
