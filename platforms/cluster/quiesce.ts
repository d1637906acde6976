import { messageOf } from "../../common/errors";
import {
  describeQuiesce,
  describeRotation,
  passRotationGate,
  quiesce,
  QuiesceError,
  readClusterFacts,
  warningsOfDrain,
  type Cluster,
} from "../../openshift";
import type { CaptureProgress } from "../../snapset/capture/progress";
import type { ServerView } from "../../snapset/capture/server";
import { platformOf } from "../../snapset/platforms";
import { isClusterRole } from "../../snapset/roles";
import type { Instance } from "../../snapset/snapsetData";
import type { ClusterInputs } from "./inputs";
import { requireOwnNodes } from "./requireOwnNodes";
import { withCluster, type OpenedCluster } from "./withCluster";
import type { Context } from "../context";
import type { PhaseRecorder } from "../capture/phases";
import type { OpenJournal } from "../capture/journal";
import { observeServers } from "../nova/observe";
import { waitUntilShutOff } from "../nova/stop";
import type { CaptureRun } from "../platform";

const minuteMs = 60_000;

type WhenStable = (() => Promise<void>) | undefined;

/**
 * Brings the cluster to rest before its servers are stopped: rotation gate, stable, cordon, every
 * node told to shut down. Without a cluster, or with one that is off already, there is nothing to do;
 * where servers are imaged while they run, the cluster is only looked at.
 */
export async function quiesceCluster(
  { inputs, journal }: CaptureRun,
  phases: PhaseRecorder,
  context: Context,
): Promise<void> {
  const nodes = inputs.instances.filter(({ role }) => isClusterRole(role));
  if (inputs.cluster === null || nodes.length === 0) return;
  // Nodes on bare metal are off: else the preflight has refused them.
  const servers = nodes.filter((node) => platformOf(node) === "nova");
  const running = await runningOf(servers, context);
  if (running.length === 0) {
    await phases.run("quiesce", () =>
      Promise.resolve({ result: undefined, evidence: foundOff(journal.progress, context) }),
    );
    return;
  }
  const settings = inputs.cluster;
  const delayMs = await withCluster(settings, context, async (opened) => {
    await requireOwnNodes(opened.cluster, inputs.instances, context);
    await passGate(opened, settings, journal.progress, phases, context);
    await lookAtCluster(opened.cluster, journal.progress, context);
    if (inputs.consistency !== "shutdown") return 0;
    const whenStable = backupOf(opened, inputs.snapId, phases);
    return bringToRest({ ...opened, whenStable }, running, settings, journal, phases, context);
  });
  if (inputs.consistency !== "shutdown") return;
  await phases.run("shutdown", async () => {
    const evidence = await awaitShutdown(
      servers,
      delayMs + inputs.deadlines.stop,
      journal,
      context,
    );
    return { result: undefined, evidence };
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

async function runningOf(nodes: readonly Instance[], context: Context): Promise<Instance[]> {
  const servers = await observeServers(context, nodes);
  return nodes.filter(({ uuid }) => servers.get(uuid)?.status === "ACTIVE");
}

async function passGate(
  { cluster, runOnNodes }: OpenedCluster,
  inputs: ClusterInputs,
  progress: CaptureProgress,
  phases: PhaseRecorder,
  context: Context,
): Promise<void> {
  const { rotation } = inputs;
  if (hasPassedGate(progress, rotation.minValidity, context.clock.now())) return;
  await phases.run("rotation gate", async () => {
    const evidence = await passRotationGate(cluster, {
      mode: rotation.mode,
      minValidityMs: rotation.minValidity,
      deadlineMs: rotation.deadline,
      waitMs: rotation.wait,
      stablePeriodMs: inputs.stability.beforeShutdown,
      stableDeadlineMs: inputs.deadline,
      runOnNodes,
      image: inputs.debugImage ?? undefined,
      clock: context.clock,
      signal: context.signal,
      onProgress: (line) => {
        context.report(`rotation gate: ${line}`);
      },
    });
    evidence.notes.forEach(context.warn);
    progress.notAfter = evidence.earliest?.notAfter ?? null;
    return { result: undefined, evidence: describeRotation(evidence) };
  });
}

/**
 * True when an earlier run of this capture has passed and what it saw holds still. Once it has begun
 * to bring nodes down, their certificates cannot be read any more.
 */
function hasPassedGate(
  { quiesced, notAfter }: CaptureProgress,
  minValidityMs: number,
  now: Date,
): boolean {
  return quiesced && notAfter !== null && Date.parse(notAfter) - now.getTime() >= minValidityMs;
}

/** What a revive will need to know; an interrupted run may have looked before the nodes were cordoned. */
async function lookAtCluster(
  cluster: Cluster,
  progress: CaptureProgress,
  context: Context,
): Promise<void> {
  if (progress.quiesced && progress.cluster !== null) return;
  const facts = await readClusterFacts(cluster);
  facts.warnings.forEach(context.warn);
  progress.cluster = facts;
}

/** @returns after how many milliseconds the nodes go down */
async function bringToRest(
  { cluster, runOnNodes, whenStable }: OpenedCluster & { whenStable: WhenStable },
  running: readonly Instance[],
  inputs: ClusterInputs,
  journal: OpenJournal,
  phases: PhaseRecorder,
  context: Context,
): Promise<number> {
  const { progress } = journal;
  const names = running.map(({ name }) => name);
  const isNew = !progress.quiesced;
  progress.quiesced = true;
  for (const name of names) progress.stopped[name] ??= { stop: "stopped", seconds: null };
  await journal.save();
  return phases.run("quiesce", async () => {
    try {
      const evidence = await quiesce(cluster, {
        stablePeriodMs: inputs.stability.beforeShutdown,
        stableDeadlineMs: inputs.deadline,
        ...(inputs.drain !== undefined && { drainTimeoutMs: inputs.drain }),
        whenStable,
        runOnNodes,
        image: inputs.debugImage ?? undefined,
        clock: context.clock,
        signal: context.signal,
        onProgress: (line) => {
          context.report(`quiesce: ${line}`);
        },
      });
      if (evidence.drained) warningsOfDrain(evidence.drained).forEach(context.warn);
      return { result: evidence.delayMinutes * minuteMs, evidence: describeQuiesce(evidence) };
    } catch (error) {
      // It has taken back what it did: nothing of the cluster is left to be given back.
      if (isNew && error instanceof QuiesceError && error.notUndone.length === 0) {
        progress.quiesced = false;
        for (const name of names) Reflect.deleteProperty(progress.stopped, name);
        await journal.save();
      }
      throw error;
    }
  });
}

/** A phase of its own, so that the manifest says where the backup is and how to know it again. */
function backupOf(
  { backUpEtcd }: OpenedCluster,
  snapId: string,
  phases: PhaseRecorder,
): WhenStable {
  if (backUpEtcd === undefined) return undefined;
  return () =>
    phases.run("etcd backup", async () => {
      const { path, sizeBytes, sha256, node } = await backUpEtcd(`etcd-${snapId}.tar`);
      const evidence = `${path} on the bastion, made by ${node}: ${sizeBytes} bytes, SHA-256 ${sha256}`;
      return { result: undefined, evidence };
    });
}

/**
 * Waits for the nodes to go down by themselves. Nova may learn of that by its periodic sync only, up
 * to ten minutes later; so at the deadline the rest is left to the stop phase, and that is said.
 */
async function awaitShutdown(
  nodes: readonly Instance[],
  deadlineMs: number,
  { progress }: OpenJournal,
  context: Context,
): Promise<string> {
  const names = nodes.map(({ name }) => name).join(", ");
  const note = (servers: ReadonlyMap<string, ServerView>): void => {
    for (const { name, uuid } of nodes) {
      const isNoted = progress.stopped[name]?.stop === "stopped";
      if (isNoted && servers.get(uuid)?.status === "SHUTOFF") {
        progress.stopped[name] = { stop: "inside", seconds: null };
      }
    }
  };
  try {
    await waitUntilShutOff(nodes, new Set(), deadlineMs, context, note);
    return `shut down from inside: ${names}`;
  } catch (error) {
    context.signal.throwIfAborted();
    const warning = `not every node went down by itself, so they are stopped: ${messageOf(error)}`;
    context.warn(warning);
    return warning;
  }
}
