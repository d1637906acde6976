import type { Clock } from "../../common/clock";
import { formatSeconds, messageOf, TimeoutError } from "../../common/errors";
import type { Cluster } from "../api/cluster";
import { ClusterStateError } from "../api/errors";
import { isReady } from "../nodes/nodes";
import { runOnNodes, type RunOnNodes } from "../nodes/runOnNodes";
import { parseCredentials, readCredentialsCommand, type NodeReading } from "./credentials";

/** How to get at what is on nodes. */
export interface NodeReach {
  /** How commands get to the nodes. @default runOnNodes: pods */
  runOnNodes?: RunOnNodes | undefined;
  /** Image of the pods, if pods run them; it needs `sh` and `chroot`. @default the machine-config daemon's */
  image?: string | undefined;
  clock: Clock;
  signal?: AbortSignal | undefined;
}

const defaultDeadlineMs = 60_000;

/**
 * Reads the kubelets' credentials of all nodes, or of those named, at once. A node that cannot be
 * read is no error: its reading says why.
 *
 * @throws {ClusterError} when the API refuses what it takes, e.g. creating pods
 */
export async function readKubelets(
  cluster: Cluster,
  reach: NodeReach,
  names?: readonly string[],
  deadlineMs = defaultDeadlineMs,
): Promise<NodeReading[]> {
  const nodes = (await cluster.listNodes()).filter(
    ({ metadata }) => names?.includes(metadata.name) ?? true,
  );
  const ready = nodes.filter(isReady).map((node) => node.metadata.name);
  const read = await readReady(cluster, reach, ready, deadlineMs);
  return nodes.map(({ metadata: { name } }) => {
    return read.get(name) ?? { node: name, problem: "it is not Ready" };
  });
}

async function readReady(
  cluster: Cluster,
  { runOnNodes: run = runOnNodes, image, clock, signal }: NodeReach,
  nodeNames: readonly string[],
  deadlineMs: number,
): Promise<Map<string, NodeReading>> {
  const readings = new Map<string, NodeReading>();
  const fail = (node: string, problem: string) => {
    readings.set(node, { node, problem });
  };
  try {
    await run(cluster, {
      nodeNames,
      purpose: "read-credentials",
      command: readCredentialsCommand(),
      image,
      deadlineMs,
      clock,
      signal,
      onOutput: (node, output) => {
        readings.set(node, readingOf(node, output));
      },
      onFailed: fail,
    });
  } catch (error) {
    const isOfNodes = error instanceof TimeoutError || error instanceof ClusterStateError;
    if (!isOfNodes) throw error;
    const problem =
      error instanceof TimeoutError
        ? `no answer within ${formatSeconds(deadlineMs)} (${error.lastSeen})`
        : messageOf(error);
    for (const node of nodeNames) if (!readings.has(node)) fail(node, problem);
  }
  return readings;
}

function readingOf(node: string, output: string): NodeReading {
  try {
    return { node, credentials: parseCredentials(output) };
  } catch (error) {
    return { node, problem: messageOf(error) };
  }
}
