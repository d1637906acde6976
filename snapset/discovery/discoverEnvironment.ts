import { portsOf, type Environment } from "../environment/environment";
import { networksOf } from "./networks";
import { nodeOf, type CapturedServer } from "./nodes";
import type { ObservedCloud } from "./observed";
import { portOf } from "./ports";
import { routersOf } from "./routers";
import { scopeOf, type DeclaredNames } from "./scope";
import { securityGroupsOf } from "./securityGroups";
import { serverGroupsOf } from "./serverGroups";
import { portsOfServers, withSubports } from "./subports";

/** An environment as the cloud has it, and what of it an environment cannot hold. */
export interface Discovery {
  /** Without volumes: the members of the set have those. */
  environment: Environment;
  /** One sentence each, by the name of what it is about. */
  findings: string[];
}

/**
 * Describes what captured servers live in, whoever has made it: networks, routers, security groups,
 * ports and addresses, in the words of an environment. Ids of the cloud are not in it.
 *
 * @param declared the environment as its stack declared it: a help where the cloud leaves a doubt
 */
export function discoverEnvironment(
  name: string,
  servers: readonly CapturedServer[],
  cloud: ObservedCloud,
  declared: Environment | null,
): Discovery {
  const findings = new Set<string>();
  const say = (finding: string): void => void findings.add(finding);
  const serverIds = new Set(servers.map(({ server }) => server.id));
  const names = namesOf(declared);
  const scope = scopeOf(cloud, serverIds, names, say);
  const found = networksOf(scope.networks, cloud, say);
  const ports = [...portsOfServers(cloud, serverIds), ...withSubports(scope.spare, cloud)];
  const groups = securityGroupsOf(ports, names.securityGroups, cloud, say);
  const { serverGroups, byServer } = serverGroupsOf(
    cloud.serverGroups,
    serverIds,
    names.serverGroups,
    say,
  );
  const around = { cloud, found, groups: groups.names, say, serverGroups: byServer, declared };
  const spare = scope.spare.flatMap((port) => portOf(port, around) ?? []);
  const environment: Environment = {
    name,
    networks: found.networks,
    routers: routersOf(scope.routers, found, cloud, say),
    ...(groups.securityGroups.length === 0 ? {} : { securityGroups: groups.securityGroups }),
    ...(serverGroups.length === 0 ? {} : { serverGroups }),
    nodes: servers.map((server) => nodeOf(server, around)),
    ...(spare.length === 0 ? {} : { ports: spare }),
  };
  sayOfAmbiguousPools(environment, cloud, say);
  return { environment, findings: [...findings] };
}

function namesOf(declared: Environment | null): DeclaredNames {
  const names = (things: readonly { name: string }[] | undefined) =>
    new Set((things ?? []).map(({ name }) => name));
  return {
    networks: names(declared?.networks.filter(({ existing }) => existing !== true)),
    securityGroups: names(declared?.securityGroups),
    serverGroups: names(declared?.serverGroups),
  };
}

/** External networks are found by their names when gateways and floating IPs are made anew. */
function sayOfAmbiguousPools(
  environment: Environment,
  { networks }: ObservedCloud,
  say: (finding: string) => void,
): void {
  const used = new Set([
    ...environment.routers.flatMap(({ externalNetwork }) => externalNetwork ?? []),
    ...portsOf(environment).flatMap(({ port }) => port.floatingIp?.network ?? []),
  ]);
  for (const name of used) {
    if (networks.filter((network) => network.name === name).length < 2) continue;
    say(
      `external network ${name} is not the only network of its name: a restore may not know which is meant`,
    );
  }
}
