import { portsOf, type Environment, type EnvironmentNode } from "../environment/environment";

/** Something that an environment finds in the cloud by its name, and what of it does. */
export interface Lookup {
  name: string;
  /** In words: `node controller`. */
  by: string[];
}

/** What an environment finds in the cloud by name, by kind. */
export interface Lookups {
  externalNetworks: Lookup[];
  existingNetworks: Lookup[];
  flavors: Lookup[];
  availabilityZones: Lookup[];
  volumeTypes: Lookup[];
  keyPairs: Lookup[];
  images: Lookup[];
  /** Those that it does not make itself. */
  securityGroups: Lookup[];
}

interface Use {
  name: string | undefined;
  by: string;
}

/** Everything that an environment finds in the cloud by name. */
export function lookupsOf(environment: Environment): Lookups {
  return {
    externalNetworks: merged(externalUses(environment)),
    existingNetworks: merged(
      environment.networks.flatMap(({ name, existing }) =>
        existing === true ? [{ name, by: "the environment" }] : [],
      ),
    ),
    flavors: merged(nodeUses(environment, (node) => [node.flavor])),
    availabilityZones: merged(nodeUses(environment, (node) => [node.availabilityZone])),
    volumeTypes: merged(
      nodeUses(environment, ({ rootVolume, volumes }) => [
        rootVolume?.type,
        ...volumes.map(({ type }) => type),
      ]),
    ),
    keyPairs: merged(nodeUses(environment, (node) => [node.keyPair])),
    images: merged(
      nodeUses(environment, ({ image, volumes }) => [image, ...volumes.map((it) => it.image)]),
    ),
    securityGroups: merged(groupUses(environment)),
  };
}

/** What a port is called in sentences: its name, else where it stands: `controller.ports[0]`. */
export function portLabel(
  { nodes }: Environment,
  key: string,
  { name }: { name?: string | undefined },
): string {
  return name ?? key.replace(/^nodes\[(\d+)\]/, (_, n) => nodes[Number(n)]?.name ?? "");
}

function externalUses(environment: Environment): Use[] {
  return [
    ...environment.routers.map(({ name, externalNetwork }) => ({
      name: externalNetwork,
      by: `router ${name}`,
    })),
    ...portsOf(environment).map(({ key, port }) => ({
      name: "floatingIp" in port ? port.floatingIp?.network : undefined,
      by: `floating IP of ${portLabel(environment, key, port)}`,
    })),
  ];
}

function groupUses(environment: Environment): Use[] {
  const own = new Set(environment.securityGroups?.map(({ name }) => name));
  const uses = [
    ...portsOf(environment).flatMap(({ key, port }) =>
      (port.securityGroups ?? []).map((name) => ({
        name,
        by: `port ${portLabel(environment, key, port)}`,
      })),
    ),
    ...(environment.securityGroups ?? []).flatMap(({ name: group, rules }) =>
      rules.map(({ remoteGroup }) => ({ name: remoteGroup, by: `security group ${group}` })),
    ),
  ];
  return uses.filter(({ name }) => name !== undefined && !own.has(name));
}

function nodeUses(
  { nodes }: Environment,
  namesOf: (node: EnvironmentNode) => (string | undefined)[],
): Use[] {
  return nodes.flatMap((node) => namesOf(node).map((name) => ({ name, by: `node ${node.name}` })));
}

/** One of each name, in the order of their first uses. */
function merged(uses: readonly Use[]): Lookup[] {
  const users = new Map<string, Set<string>>();
  for (const { name, by } of uses) {
    if (name === undefined) continue;
    users.set(name, (users.get(name) ?? new Set()).add(by));
  }
  return [...users].map(([name, by]) => ({ name, by: [...by] }));
}
