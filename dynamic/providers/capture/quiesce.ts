import { messageOf } from "../../../common/errors";
import { passRotationGate, quiesce, readClusterFacts, type Cluster } from "../../../openshift";
import type { Member } from "../../../snapset/preflight";
import { isClusterRole } from "../../../snapset/roles";
import { openCluster, type ClusterInputs } from "../cluster/settings";
import type { Context } from "../context";
import type { PhaseRecorder } from "../phases";
import { observeServers } from "./observe";
import { waitUntilShutOff } from "./stop";
import type { CaptureInputs, CaptureProgress } from "./types";

/** What `shutdown -h +1` waits before it begins. */
const scheduledShutdownMs = 60_000;

/**
 * Brings the cluster to rest before its servers are stopped: rotation gate, stable, cordon, every
 * node told to shut down. Without a cluster, or with one that is off already, there is nothing to do.
 */
export async function quiesceCluster(
  members: readonly Member[],
  inputs: CaptureInputs,
  progress: CaptureProgress,
  phases: PhaseRecorder,
  context: Context,
): Promise<void> {
  const nodes = members.filter((member) => isClusterRole(member.instance.role));
  if (inputs.cluster === null || nodes.length === 0) return;
  if (!(await isAnyRunning(nodes, context))) {
    await phases.run("quiesce", () =>
      Promise.resolve({ result: undefined, evidence: foundOff(progress, context) }),
    );
    return;
  }
  const cluster = await openCluster(inputs.cluster, context);
  await passGate(cluster, inputs.cluster, progress, phases, context);
  await bringToRest(cluster, inputs.cluster, progress, phases, context);
  await phases.run("shutdown", async () => {
    nodes.forEach(({ instance: { name } }) => {
      if (!progress.stopped.includes(name)) progress.stopped.push(name);
    });
    return { result: undefined, evidence: await awaitShutdown(nodes, inputs, context) };
  });
}

/** Without a running cluster nobody can tell when its certificates expire. */
function foundOff(progress: CaptureProgress, context: Context): string {
  const evidence = "the cluster's nodes were off already";
  if (progress.cluster !== null) return evidence;
  context.warn(
    `${evidence}: its certificates were not looked at, so the set has no not_after; ` +
      "start the cluster before a capture to have it checked",
  );
  return `${evidence}, its certificates were not looked at`;
}

async function isAnyRunning(nodes: readonly Member[], context: Context): Promise<boolean> {
  const instances = nodes.map((node) => node.instance);
  const servers = await observeServers(context, instances);
  return instances.some(({ uuid }) => servers.get(uuid)?.status === "ACTIVE");
}

async function passGate(
  cluster: Cluster,
  { rotation }: ClusterInputs,
  progress: CaptureProgress,
  phases: PhaseRecorder,
  context: Context,
): Promise<void> {
  await phases.run("rotation gate", async () => {
    const evidence = await passRotationGate(cluster, {
      mode: rotation.mode,
      minValidityMs: rotation.minValidity,
      waitMs: rotation.wait,
      clock: context.clock,
      signal: context.signal,
      onProgress: (line) => {
        context.report(`rotation gate: ${line}`);
      },
    });
    progress.notAfter = evidence.notAfter ?? null;
    const looked = evidence.rotated === undefined ? `mode ${evidence.mode}` : "rotated";
    return {
      result: undefined,
      evidence: `${looked}, signers valid until ${evidence.notAfter ?? "an unknown time"}; not looked at: ${evidence.notLookedAt.join(", ") || "nothing"}`,
    };
  });
}

async function bringToRest(
  cluster: Cluster,
  inputs: ClusterInputs,
  progress: CaptureProgress,
  phases: PhaseRecorder,
  context: Context,
): Promise<void> {
  await phases.run("quiesce", async () => {
    const facts = await readClusterFacts(cluster);
    facts.warnings.forEach(context.warn);
    progress.cluster = facts;
    const evidence = await quiesce(cluster, {
      stablePeriodMs: inputs.stability.beforeShutdown,
      stableDeadlineMs: inputs.deadline,
      image: inputs.debugImage ?? undefined,
      clock: context.clock,
      signal: context.signal,
      onProgress: (line) => {
        context.report(`quiesce: ${line}`);
      },
    });
    progress.quiesced = true;
    const told = evidence.nodes.map((node) => node.name).join(", ");
    return { result: undefined, evidence: `stable, cordoned and told to shut down: ${told}` };
  });
}

/**
 * Waits for the nodes to go down by themselves. Nova may learn of that by its periodic sync only, up
 * to ten minutes later; so at the deadline the rest is left to the stop phase, and that is said.
 */
async function awaitShutdown(
  nodes: readonly Member[],
  { deadlines }: CaptureInputs,
  context: Context,
): Promise<string> {
  const names = nodes.map((node) => node.instance.name).join(", ");
  try {
    await waitUntilShutOff(nodes, scheduledShutdownMs + deadlines.stop, context);
    return `shut down from inside: ${names}`;
  } catch (error) {
    context.signal.throwIfAborted();
    const warning = `not every node went down by itself, so they are stopped: ${messageOf(error)}`;
    context.warn(warning);
    return warning;
  }
}
