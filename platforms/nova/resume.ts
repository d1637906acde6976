import { InputError, messageOf } from "../../common/errors";
import { waitFor } from "../../common/wait";
import { undoQuiesce } from "../../openshift";
import type { CaptureProgress } from "../../snapset/capture/progress";
import type { ClusterFacts } from "../../snapset/manifest";
import type { Instance } from "../../snapset/snapsetData";
import { isClusterRole } from "../../snapset/roles";
import { reviveCluster } from "../cluster/revive";
import type { ClusterInputs } from "../cluster/inputs";
import { requireOwnNodes } from "../cluster/requireOwnNodes";
import { withCluster } from "../cluster/withCluster";
import type { Context } from "../context";
import type { Source } from "../platform";
import { observeServers } from "./observe";
import { startServers } from "./start";

/**
 * Brings the source back: starts the servers that the capture stopped, and revives the cluster that
 * it brought to rest.
 *
 * @param progress is kept up to date
 * @returns what was done, in words
 */
export async function resumeServers(
  source: Source,
  progress: CaptureProgress,
  context: Context,
): Promise<string> {
  const { cluster } = source;
  const stopped = source.instances.filter(({ name }) => progress.stopped[name] !== undefined);
  const nodes = stopped.filter(({ role }) => isClusterRole(role));
  const isQuiesced = progress.quiesced && cluster !== null && nodes.length > 0;
  const undo = async () => (isQuiesced ? undoOnRunning(source, cluster, nodes, context) : []);
  const early = await tryUndo(undo, context);
  const started = await startServers(stopped, source.deadlines.stop, context);
  const undone = "done" in early ? early.done : await undoInTime(undo, cluster, context);
  const done = [...undone, started];
  if (isQuiesced) done.push(await revive(cluster, nodes, progress, context));
  for (const { name } of stopped) Reflect.deleteProperty(progress.stopped, name);
  progress.quiesced = false;
  return done.join("; ");
}

type Undo = () => Promise<string[]>;

/**
 * With its masters off a cluster can be told nothing, and neither can one whose bastion is off: that
 * must not keep the servers from being started.
 */
async function tryUndo(
  undo: Undo,
  { signal }: Context,
): Promise<{ done: string[] } | { problem: string }> {
  try {
    return { done: await undo() };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof InputError) throw error;
    return { problem: messageOf(error) };
  }
}

/** Until the API of a cluster that boots answers, shutdowns of nodes that never went down wait. */
async function undoInTime(
  undo: Undo,
  cluster: ClusterInputs | null,
  context: Context,
): Promise<string[]> {
  const seen = await waitFor({
    what: "the cluster to be reached, to call off its shutdowns",
    observe: () => tryUndo(undo, context),
    isDone: (it) => "done" in it,
    describe: (it) => ("problem" in it ? it.problem : "called off"),
    deadlineMs: cluster?.deadline ?? 0,
    clock: context.clock,
    signal: context.signal,
    onProgress: context.report,
  });
  return "done" in seen ? seen.done : [];
}

/** Nodes that run still may be about to go down: their shutdown is called off. */
async function undoOnRunning(
  { instances }: Source,
  inputs: ClusterInputs,
  nodes: readonly Instance[],
  context: Context,
): Promise<string[]> {
  const servers = await observeServers(context, nodes);
  if (nodes.every(({ uuid }) => servers.get(uuid)?.status !== "ACTIVE")) return [];
  return withCluster(inputs, context, async ({ cluster, runOnNodes }) => {
    await requireOwnNodes(cluster, instances, context);
    const { undone, notUndone } = await undoQuiesce(cluster, {
      runOnNodes,
      image: inputs.debugImage ?? undefined,
      clock: context.clock,
    });
    return [...undone, ...notUndone];
  });
}

/** A node that never went down has nothing new to show: only where all did, a new boot is asked for. */
async function revive(
  inputs: ClusterInputs,
  nodes: readonly Instance[],
  progress: CaptureProgress,
  context: Context,
): Promise<string> {
  const wereAllDown = nodes.every(({ name }) => progress.stopped[name]?.stop !== "stopped");
  const facts = progress.cluster;
  const before = facts === null || wereAllDown ? facts : { ...facts, nodes: withoutBoots(facts) };
  const offAt = wereAllDown ? progress.capturedAt : null;
  const { uncordoned } = await reviveCluster(
    inputs,
    { facts: before, offAt, notAfter: progress.notAfter },
    context,
  );
  return `cluster revived, uncordoned: ${uncordoned.join(", ")}`;
}

function withoutBoots({ nodes }: ClusterFacts): ClusterFacts["nodes"] {
  return nodes.map((node) => ({ ...node, bootId: "" }));
}
