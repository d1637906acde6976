import { InputError } from "../../common/errors";
import { readNodeMachines, type Cluster } from "../../openshift";
import type { Server } from "../../openstack";
import { judgeNodes, nodesElsewhere, type Machine } from "../../snapset/capture/clusterNodes";
import type { Instance } from "../../snapset/snapsetData";
import { addressesOf } from "../nova/addresses";
import type { Context } from "../context";

/**
 * Refuses a cluster that is not the one inside the captured servers, before anything is done to it:
 * a wrong kubeconfig would bring somebody else's cluster down.
 *
 * @throws {InputError} naming the nodes, and where they run
 */
export async function requireOwnNodes(
  cluster: Cluster,
  instances: readonly Pick<Instance, "uuid">[],
  context: Context,
): Promise<void> {
  const { nodes, machines } = await look(cluster, context);
  const captured = new Set(instances.map(({ uuid }) => uuid));
  const { problems, warnings } = judgeNodes(nodes, machines, captured);
  warnings.forEach(context.warn);
  if (problems.length > 0) {
    throw new InputError(`${cluster.server} is not the cluster of the captured servers`, problems);
  }
}

/**
 * Refuses to call a cluster revived that is the one of another environment, restored from the same
 * set: it has the same id, addresses and credentials.
 *
 * @param own ids of all servers of the environment
 * @throws {InputError} naming the nodes, and where they run
 */
export async function refuseTwin(
  cluster: Cluster,
  own: readonly string[],
  context: Context,
): Promise<void> {
  const { nodes, machines } = await look(cluster, context);
  const problems = nodesElsewhere(nodes, machines, new Set(own));
  if (problems.length > 0) {
    throw new InputError(`${cluster.server} is the cluster of another environment`, problems);
  }
}

/** The cluster's nodes, and the machines of the project on which they may run. */
async function look(cluster: Cluster, { cloud }: Context) {
  const [nodes, servers] = await Promise.all([
    readNodeMachines(cluster),
    cloud.compute.listServers(),
  ]);
  return { nodes, machines: servers.map(machineOf) };
}

function machineOf(server: Server): Machine {
  const fixed = addressesOf(server).filter((it) => it["OS-EXT-IPS:type"] === "fixed");
  return { id: server.id, name: server.name, addresses: fixed.map(({ addr }) => addr) };
}
