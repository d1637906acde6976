import { formatSeconds } from "../../common/errors";
import { waitFor } from "../../common/wait";
import type { Cluster } from "../cluster";
import { ClusterStateError } from "../errors";
import { installedAtOf } from "../facts";
import type { NodeReading } from "./credentials";
import { judgeRotation, renewedBy, type RotationVerdict } from "./judgeRotation";
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
}

const hourMs = 3_600_000;

/** The operator renews a csr-signer of 30 days when 15 are left: a rotated one always has more. */
const defaultMinValidityMs = 14 * 24 * hourMs;

/** The first rotation is over a day after the installation began; some more is needed to see it. */
const defaultDeadlineMs = 26 * hourMs;

const defaultWaitMs = 25 * hourMs;

/** Reading nodes takes a pod on each. While only they are waited for, it is done this often. */
const rereadMs = 120_000;

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
  const { signers, kubelets, verdict } = await lookOrWait(cluster, gate);
  return {
    mode: gate.mode,
    startedAt,
    endedAt: gate.clock.now().toISOString(),
    ...(gate.mode === "gate" && { rotated: true as const }),
    earliest: verdict.earliest,
    signers,
    kubelets,
    notes: [...verdict.notes, ...verdict.reasons],
  };
}

/** The evidence as one line. */
export function describeRotation({ mode, rotated, ...seen }: RotationEvidence): string {
  const { earliest, kubelets, notes } = seen;
  const what = rotated ? "rotated" : `mode ${mode}`;
  const read = kubelets.filter((reading) => "credentials" in reading).length;
  const looked = `${seen.signers.length} signers and the kubelets of ${read} nodes looked at`;
  const until = earliest
    ? `all valid until ${earliest.notAfter} (${earliest.what})`
    : "no expiry was seen";
  return [`${what}, ${looked}, ${until}`, ...notes].join("; ");
}

interface Look {
  signers: readonly Signer[];
  kubelets: readonly NodeReading[];
  verdict: RotationVerdict;
}

async function lookOrWait(cluster: Cluster, gate: RotationGate): Promise<Look> {
  if (gate.mode === "gate") return waitForRotation(cluster, gate);
  const kubelets = gate.mode === "off" ? [] : await readKubelets(cluster, gate);
  const signers = await readSigners(cluster);
  const verdict = judgeRotation({ signers, kubelets }, { now: gate.clock.now(), minValidityMs: 0 });
  return { signers, kubelets, verdict };
}

/** Waits only for what the cluster renews by itself within the deadline. */
async function waitForRotation(cluster: Cluster, gate: RotationGate): Promise<Look> {
  const deadlineMs = gate.deadlineMs ?? defaultDeadlineMs;
  const observe = observerOf(cluster, gate);
  const first = await observe();
  if (first.verdict.rotated) return first;
  const now = gate.clock.now();
  const by = renewedBy(first.verdict.shortfalls, now);
  if (!by || by.getTime() > now.getTime() + deadlineMs) {
    throw wouldNotOutlive(first.verdict);
  }
  return waitFor({
    what: "the cluster's certificates to be rotated",
    observe,
    isDone: ({ verdict }) => verdict.rotated,
    describe: ({ verdict }) => firstOf(verdict.reasons, 3).join("; "),
    deadlineMs,
    clock: gate.clock,
    signal: gate.signal,
    intervalMs: 10_000,
    maxIntervalMs: 60_000,
    onProgress: gate.onProgress,
  });
}

function wouldNotOutlive({ reasons }: RotationVerdict): ClusterStateError {
  const what = "the cluster's certificates would not outlive the shutdown";
  return new ClusterStateError(what, firstOf(reasons, 8));
}

/** Signers come first, and while they are due nothing else matters. */
function firstOf(reasons: readonly string[], most: number): readonly string[] {
  if (reasons.length <= most) return reasons;
  return [...reasons.slice(0, most), `… (${reasons.length} in all)`];
}

/** Looks at the signers each time; at the nodes when that can change the verdict. */
function observerOf(cluster: Cluster, gate: RotationGate): () => Promise<Look> {
  let kubelets: { at: number; readings: NodeReading[] } | undefined;
  let installedAt: string | undefined;
  return async () => {
    installedAt ??= installedAtOf(await cluster.readClusterVersion());
    const signers = await readSigners(cluster);
    const now = gate.clock.now();
    const minValidityMs = gate.minValidityMs ?? defaultMinValidityMs;
    const judge = (readings: readonly NodeReading[]) =>
      judgeRotation({ signers, kubelets: readings }, { now, minValidityMs, installedAt });
    const { shortfalls } = judge(kubelets?.readings ?? []);
    const areSignersGood = shortfalls.every(({ kind }) => kind !== "signer");
    if (!kubelets || (areSignersGood && now.getTime() - kubelets.at >= rereadMs)) {
      kubelets = { at: now.getTime(), readings: await readKubelets(cluster, gate) };
    }
    return { signers, kubelets: kubelets.readings, verdict: judge(kubelets.readings) };
  };
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
