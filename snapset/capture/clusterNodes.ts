/** What a node of a cluster says of the machine that it runs on. */
export interface NodeMachine {
  name: string;
  /** In lower case; empty when it is not known. */
  systemUuid: string;
  internalIps: readonly string[];
}

/** What of a Nova server tells whether a node runs on it. */
export interface Machine {
  id: string;
  name: string;
  /** Fixed addresses. */
  addresses: readonly string[];
}

/** Whether a cluster is the one inside the captured servers. */
export interface NodesVerdict {
  problems: string[];
  warnings: string[];
}

/**
 * Whether every node of a cluster runs on a captured server: else the kubeconfig is that of another
 * cluster, and it is that one which would be shut down. A node is known by its system UUID, which is
 * the server's id (nova `virt/libvirt/driver.py`, _get_guest_config_sysinfo). Where UUIDs are not
 * servers' ids, as with other hypervisors, a node is known by its InternalIP; but addresses are the
 * same in every restored environment.
 *
 * @param servers all that the project has
 * @param captured ids
 */
export function judgeNodes(
  nodes: readonly NodeMachine[],
  servers: readonly Machine[],
  captured: ReadonlySet<string>,
): NodesVerdict {
  const byId = new Map(servers.map((server) => [server.id, server]));
  const own = servers.filter(({ id }) => captured.has(id));
  const addresses = new Set(own.flatMap((server) => server.addresses));
  const isByUuid = ({ systemUuid }: NodeMachine) => captured.has(systemUuid);
  const isByAddress = ({ internalIps }: NodeMachine) => internalIps.some((ip) => addresses.has(ip));
  const areUuidsIds = nodes.some(({ systemUuid }) => byId.has(systemUuid));

  const isForeign = (node: NodeMachine) =>
    !isByUuid(node) &&
    (byId.has(node.systemUuid) ||
      (node.internalIps.length > 0 && !isByAddress(node)) ||
      (areUuidsIds && node.systemUuid !== ""));
  const foreign = nodes.filter(isForeign);
  const others = nodes.filter((node) => !isForeign(node) && !isByUuid(node));
  const byAddress = others.filter(isByAddress);
  const untold = others.filter((node) => !isByAddress(node));
  const areAllUntold = nodes.length > 0 && untold.length === nodes.length;
  return {
    problems: [
      ...foreign.map((node) => describeForeign(node, byId.get(node.systemUuid))),
      ...(foreign.length > 0 ? [describeOwn(own)] : []),
      ...(areAllUntold ? [`no node says where it runs: ${namesOf(nodes)}`] : []),
    ],
    warnings: [
      ...(byAddress.length > 0 && !areUuidsIds
        ? [
            `nodes are known by their addresses alone, as their system UUIDs are not ids of servers: ${namesOf(byAddress)}; make sure that the kubeconfig is not that of another environment with the same addresses`,
          ]
        : []),
      ...(untold.length > 0 && !areAllUntold
        ? [`nodes without an InternalIP may run on any server: ${namesOf(untold)}`]
        : []),
    ],
  };
}

/**
 * Nodes that run on other servers of the project than they should, one sentence each: in a cluster
 * that has been restored twice all else is the same. Known only of nodes that have reported since
 * their boot, and where system UUIDs are ids of servers.
 *
 * @param own ids of the servers on which they should run
 */
export function nodesElsewhere(
  nodes: readonly NodeMachine[],
  servers: readonly Machine[],
  own: ReadonlySet<string>,
): string[] {
  const others = new Map(servers.filter(({ id }) => !own.has(id)).map((it) => [it.id, it]));
  return nodes.flatMap(({ name, systemUuid }) => {
    const server = others.get(systemUuid);
    if (server === undefined) return [];
    return `node ${name} runs on server ${server.name} (${server.id}), which is not of this environment`;
  });
}

function describeForeign({ name, systemUuid, internalIps }: NodeMachine, server?: Machine): string {
  const at = internalIps.length > 0 ? ` (${internalIps.join(", ")})` : "";
  if (server)
    return `node ${name}${at} runs on server ${server.name} (${server.id}), which is not captured`;
  const uuid = systemUuid === "" ? "" : `, its system UUID is ${systemUuid}`;
  return `node ${name}${at} runs on none of the captured servers${uuid}`;
}

function describeOwn(own: readonly Machine[]): string {
  const servers = own.map(
    ({ name, id, addresses }) => `${name} (${[id, ...addresses].join(", ")})`,
  );
  return `captured are ${servers.join("; ")}`;
}

function namesOf(nodes: readonly NodeMachine[]): string {
  return nodes.map(({ name }) => name).join(", ");
}
