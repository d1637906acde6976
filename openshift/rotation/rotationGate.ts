import { counted } from "../../common/counted";
import { formatSeconds } from "../../common/errors";
import type { Cluster } from "../api/cluster";
import { ClusterStateError } from "../api/errors";
import { installedAtOf } from "../facts";
import type { NodeReading } from "./credentials";
import { waitForAnswer } from "../api/tolerate";
import { accelerateRotation, type AccelerationEvidence } from "./accelerate";
import { judgeRotation, renewedBy, type RotationVerdict } from "./judgeRotation";
import { lookAtRotation, lookWhenItMatters, type RotationLook } from "./look";
import { readKubelets, type NodeReach } from "./readKubelets";
import { readSigners, type Signer } from "./signers";

/** How to make sure that certificates outlive the shutdown. */
export interface RotationGate extends NodeReach {
  /**
   * `gate` asks the cluster, and waits if it is about to rotate; `accelerate` makes it rotate now;
   * `wait` waits until a fixed time after the installation, as Hotstack does, and proves nothing;
   * `off` does nothing.
   */
  mode: "gate" | "accelerate" | "wait" | "off";
  /** gate, accelerate: how long everything must still be valid. @default 14 days */
  minValidityMs?: number | undefined;
  /** gate: how long to wait, if the cluster renews within that what falls short. @default 26 h */
  deadlineMs?: number | undefined;
  /** wait: the time after the installation. @default 25 h */
  waitMs?: number | undefined;
  /** accelerate: for how long operators have to be stable before and after. @default 60 s */
  stablePeriodMs?: number | undefined;
  /** accelerate: for them to get stable, each time. @default 45 min */
  stableDeadlineMs?: number | undefined;
  onProgress?: ((line: string) => void) | undefined;
}

/** What was done about rotation, and what was seen. */
export interface RotationEvidence {
  mode: RotationGate["mode"];
  startedAt: string;
  endedAt: string;
  /** Absent when nobody judged. */
  rotated?: true;
  /** What expires first of all that was seen. */
  earliest: RotationVerdict["earliest"];
  signers: readonly Signer[];
  /** Empty in mode `off`. */
  kubelets: readonly NodeReading[];
  notes: string[];
  /** What was done to force the rotation; absent when there was no need. */
  forced?: AccelerationEvidence;
}

const hourMs = 3_600_000;

/** The first rotation is over a day after the installation began; some more is needed to see it. */
const defaultDeadlineMs = 26 * hourMs;

/** As long as an API may be away during a forced rotation. */
const apiDeadlineMs = 10 * 60_000;

const defaultWaitMs = 25 * hourMs;

/**
 * Passes when the certificates outlive the shutdown, by the mode's standards.
 *
 * @throws {ClusterStateError} when they do not, and will not be renewed within the deadline
 * @throws {TimeoutError} when they still do not at the deadline
 */
export async function passRotationGate(
  cluster: Cluster,
  gate: RotationGate,
): Promise<RotationEvidence> {
  const startedAt = gate.clock.now().toISOString();
  if (gate.mode === "wait") await waitSinceInstallation(cluster, gate);
  const { signers, kubelets, verdict, forced } = await lookOrAct(cluster, gate);
  const isJudged = gate.mode === "gate" || gate.mode === "accelerate";
  return {
    mode: gate.mode,
    startedAt,
    endedAt: gate.clock.now().toISOString(),
    ...(isJudged && { rotated: true as const }),
    earliest: verdict.earliest,
    signers,
    kubelets,
    notes: [...verdict.notes, ...verdict.reasons],
    ...(forced && { forced }),
  };
}

/** The evidence as one line. */
export function describeRotation({ mode, rotated, ...seen }: RotationEvidence): string {
  const { earliest, kubelets, notes } = seen;
  const what = rotated ? "rotated" : `mode ${mode}`;
  const read = kubelets.filter((reading) => "credentials" in reading).length;
  const looked = `${counted(seen.signers.length, "signer")} and the kubelets of ${counted(read, "node")} looked at`;
  const until = earliest
    ? `all valid until ${earliest.notAfter} (${earliest.what})`
    : "no expiry was seen";
  const done = seen.forced?.steps.map(({ step, seen: result }) => `${step}: ${result}`) ?? [];
  const forced = done.length > 0 ? [`rotation forced (${done.join("; ")})`] : [];
  return [`${what}, ${looked}, ${until}`, ...forced, ...notes].join("; ");
}

type Passed = Omit<RotationLook, "now"> & { forced?: AccelerationEvidence };

async function lookOrAct(cluster: Cluster, gate: RotationGate): Promise<Passed> {
  if (gate.mode === "gate") return waitForRotation(cluster, gate);
  if (gate.mode === "accelerate") return forceRotation(cluster, gate);
  const kubelets = gate.mode === "off" ? [] : await readKubelets(cluster, gate);
  const signers = await readSigners(cluster);
  const verdict = judgeRotation({ signers, kubelets }, { now: gate.clock.now(), minValidityMs: 0 });
  return { signers, kubelets, verdict };
}

/** Whatever was done, it passes by what is seen afterwards. */
async function forceRotation(cluster: Cluster, gate: RotationGate): Promise<Passed> {
  const before = await lookAtRotation(cluster, gate);
  if (before.verdict.rotated) return before;
  const look = () => lookWhenItAnswers(cluster, gate);
  gate.onProgress?.(`forcing the rotation: ${firstOf(before.verdict.reasons, 3).join("; ")}`);
  const forced = await accelerateRotation(cluster, gate, look);
  const after = await look();
  if (after.verdict.rotated) return { ...after, forced };
  throw wouldNotOutlive(after.verdict, "although their rotation was forced");
}

/** Waits only for what the cluster renews by itself within the deadline. */
async function waitForRotation(cluster: Cluster, gate: RotationGate): Promise<RotationLook> {
  const deadlineMs = gate.deadlineMs ?? defaultDeadlineMs;
  const observe = lookWhenItMatters(cluster, gate);
  const first = await observe();
  if (first.verdict.rotated) return first;
  const by = renewedBy(first.verdict.shortfalls, first.now);
  if (!by || by.getTime() > first.now.getTime() + deadlineMs) {
    throw wouldNotOutlive(first.verdict, "mode accelerate makes the cluster rotate at once");
  }
  return waitForAnswer({
    what: "the cluster's certificates to be rotated",
    observe,
    isDone: ({ verdict }) => verdict.rotated,
    describe: describeLook,
    deadlineMs,
    clock: gate.clock,
    signal: gate.signal,
    intervalMs: 10_000,
    maxIntervalMs: 60_000,
    onProgress: gate.onProgress,
  });
}

/** API servers roll out anew because of new signers, and the only one of a single node is away meanwhile. */
function lookWhenItAnswers(cluster: Cluster, gate: RotationGate): Promise<RotationLook> {
  return waitForAnswer({
    what: "the API to tell of the cluster's certificates",
    observe: () => lookAtRotation(cluster, gate),
    describe: describeLook,
    deadlineMs: apiDeadlineMs,
    clock: gate.clock,
    signal: gate.signal,
  });
}

function describeLook({ verdict }: RotationLook): string {
  return firstOf(verdict.reasons, 3).join("; ");
}

function wouldNotOutlive({ reasons }: RotationVerdict, remark: string): ClusterStateError {
  const what = `the cluster's certificates would not outlive the shutdown (${remark})`;
  return new ClusterStateError(what, firstOf(reasons, 8));
}

/** Signers come first, and while they are due nothing else matters. */
function firstOf(reasons: readonly string[], most: number): readonly string[] {
  if (reasons.length <= most) return reasons;
  return [...reasons.slice(0, most), `… (${reasons.length} in all)`];
}

/** Counts from the installation, not from now: a second run does not wait once more. */
async function waitSinceInstallation(cluster: Cluster, gate: RotationGate): Promise<void> {
  const installedAt = installedAtOf(await cluster.readClusterVersion());
  const waitMs = gate.waitMs ?? defaultWaitMs;
  const from = installedAt === undefined ? gate.clock.now().getTime() : Date.parse(installedAt);
  for (;;) {
    const left = from + waitMs - gate.clock.now().getTime();
    if (left <= 0) return;
    gate.onProgress?.(
      `waiting ${formatSeconds(left)} more, until ${formatSeconds(waitMs)} after the installation`,
    );
    await gate.clock.sleep(Math.min(left, 60_000), gate.signal);
  }
}
