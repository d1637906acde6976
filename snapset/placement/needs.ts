import { portsOf, type Environment, type EnvironmentMachine } from "../environment/environment";
import { lookupsOf, portLabel, type Lookup, type Lookups } from "./lookups";

/**
 * What an environment needs of a cloud before the first of it can be made, beside flavors for its
 * nodes. It holds no secrets.
 */
export interface Needs extends Omit<Lookups, "flavors" | "existingNetworks"> {
  existingNetworks: ExistingNetworkNeed[];
  /** Those that are to have one very address. */
  floatingIps: FloatingIpNeed[];
  /** Machines of Ironic. Absent where there are none, and in older state. */
  machines?: MachineNeed[];
  /** How much of what has a quota, by Neutron's own keys. */
  network: Record<string, number>;
  /** By Cinder's own keys. */
  blockStorage: Record<string, number>;
}

/** A network of somebody else's, and what is to be put there. */
export interface ExistingNetworkNeed extends Lookup {
  cidrs: string[];
  ports: { name: string; mac: string | null; ips: string[] }[];
}

/** A machine of Ironic that is to be there. */
export interface MachineNeed {
  /** What the environment calls it. */
  name: string;
  /** Its node: a name or a UUID. */
  node: string;
  macAddresses: string[];
}

/** A floating IP with a given address. */
export interface FloatingIpNeed {
  address: string;
  network: string;
  /** In words. */
  by: string;
}

/** How the nodes come: from base images, or from those of a set. */
export type Purpose = "deploy" | "restore";

/** What an environment, under the names of the cloud, needs of it. */
export function needsOf(environment: Environment, purpose: Purpose): Needs {
  const lookups = lookupsOf(environment);
  return {
    externalNetworks: lookups.externalNetworks,
    availabilityZones: lookups.availabilityZones,
    volumeTypes: lookups.volumeTypes,
    keyPairs: lookups.keyPairs,
    securityGroups: lookups.securityGroups,
    images: purpose === "deploy" ? lookups.images : [],
    existingNetworks: lookups.existingNetworks.map((it) => ({
      ...it,
      cidrs: environment.networks
        .filter(({ name }) => name === it.name)
        .flatMap(({ subnets }) => subnets.map(({ cidr }) => cidr)),
      ports: portsOf(environment)
        .filter(({ port }) => port.network === it.name)
        .map(({ key, port }) => ({
          name: portLabel(environment, key, port),
          mac: port.mac ?? null,
          ips: port.fixedIps.flatMap(({ ip }) => ip ?? []),
        })),
    })),
    floatingIps: portsOf(environment).flatMap(({ key, port }) => {
      const { address, network } = port.floatingIp ?? {};
      if (address === undefined || network === undefined) return [];
      return [{ address, network, by: `port ${portLabel(environment, key, port)}` }];
    }),
    ...(environment.bareMetal && { machines: environment.bareMetal.map(machineNeed) }),
    network: networkAmounts(environment),
    blockStorage: volumeAmounts(environment, purpose),
  };
}

function machineNeed({ name, node, macAddresses }: EnvironmentMachine): MachineNeed {
  return { name, node, macAddresses: [...macAddresses] };
}

/** Neutron counts a router's interfaces as ports, too (neutron `db/l3_db.py`). */
function networkAmounts(environment: Environment): Record<string, number> {
  const own = environment.networks.filter(({ existing }) => existing !== true);
  const ports = portsOf(environment);
  const interfaces = environment.routers.flatMap((it) => [...it.subnets, ...(it.interfaces ?? [])]);
  return {
    network: own.length,
    subnet: own.flatMap(({ subnets }) => subnets).length,
    router: environment.routers.length,
    port: ports.length + interfaces.length,
    floatingip: ports.filter(({ port }) => port.floatingIp !== undefined).length,
    security_group: environment.securityGroups?.length ?? 0,
    trunk: ports.filter(({ port }) => "trunk" in port && port.trunk !== undefined).length,
  };
}

function volumeAmounts({ nodes }: Environment, purpose: Purpose): Record<string, number> {
  const amounts: Record<string, number> = {};
  const add = (key: string, amount: number): void => {
    amounts[key] = (amounts[key] ?? 0) + amount;
  };
  for (const { rootVolume, volumes } of nodes) {
    const made = volumes.filter((it) => purpose === "deploy" || it.capture !== "exclude");
    for (const { sizeGb, type } of [...(rootVolume === undefined ? [] : [rootVolume]), ...made]) {
      for (const suffix of ["", ...(type === undefined ? [] : [`_${type}`])]) {
        add(`volumes${suffix}`, 1);
        add(`gigabytes${suffix}`, sizeGb);
      }
    }
  }
  return amounts;
}

/** What of the needs is new; what was needed before has been found then, and is in use by now. */
export function newNeeds(needs: Needs, before: Needs): Needs {
  const fresh = <T extends Lookup>(items: readonly T[], old: readonly Lookup[]): T[] =>
    items.filter(({ name }) => !old.some((it) => it.name === name));
  const known = new Map(before.existingNetworks.map((it) => [it.name, it] as const));
  return {
    ...needs,
    externalNetworks: fresh(needs.externalNetworks, before.externalNetworks),
    availabilityZones: fresh(needs.availabilityZones, before.availabilityZones),
    volumeTypes: fresh(needs.volumeTypes, before.volumeTypes),
    keyPairs: fresh(needs.keyPairs, before.keyPairs),
    images: fresh(needs.images, before.images),
    securityGroups: fresh(needs.securityGroups, before.securityGroups),
    existingNetworks: needs.existingNetworks.flatMap((it) => newOnNetwork(it, known.get(it.name))),
    floatingIps: needs.floatingIps.filter(
      ({ address }) => !before.floatingIps.some((it) => it.address === address),
    ),
    ...(needs.machines && {
      machines: needs.machines.filter(
        (it) => !before.machines?.some(({ name, node }) => it.name === name && it.node === node),
      ),
    }),
  };
}

/** MACs and addresses of before are taken: by the environment itself. */
function newOnNetwork(
  need: ExistingNetworkNeed,
  before: ExistingNetworkNeed | undefined,
): ExistingNetworkNeed[] {
  if (before === undefined) return [need];
  const macs = new Set(before.ports.map(({ mac }) => mac));
  const ips = new Set(before.ports.flatMap((port) => port.ips));
  const cidrs = need.cidrs.filter((cidr) => !before.cidrs.includes(cidr));
  const ports = need.ports
    .map((port) => ({
      ...port,
      mac: macs.has(port.mac) ? null : port.mac,
      ips: port.ips.filter((ip) => !ips.has(ip)),
    }))
    .filter((port) => port.mac !== null || port.ips.length > 0);
  return cidrs.length + ports.length === 0 ? [] : [{ ...need, cidrs, ports }];
}

/** Whether something is needed whose place in the cloud is not known by what was needed before. */
export function needsPlaces(needs: Needs, before: Needs): boolean {
  const unmet = newNeeds(needs, before);
  return [
    unmet.externalNetworks,
    unmet.existingNetworks,
    unmet.images,
    unmet.securityGroups,
    unmet.floatingIps,
    unmet.machines ?? [],
  ].some((it) => it.length > 0);
}

/** The needs of an environment that has its MACs and addresses already. */
export function withoutAddresses(needs: Needs): Needs {
  return {
    ...needs,
    existingNetworks: needs.existingNetworks.map((it) => ({ ...it, ports: [] })),
    floatingIps: [],
  };
}

/** What an environment needs that is not known yet. */
export const noNeeds: Needs = {
  externalNetworks: [],
  existingNetworks: [],
  availabilityZones: [],
  volumeTypes: [],
  keyPairs: [],
  images: [],
  securityGroups: [],
  floatingIps: [],
  network: {},
  blockStorage: {},
};
