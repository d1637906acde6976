import type { Clock } from "../common/clock";
import { formatSeconds } from "../common/errors";
import { waitFor } from "../common/wait";
import type { Cluster } from "./cluster";
import { ClusterStateError } from "./errors";
import { installedAtOf } from "./facts";
import { judgeRotation, type RotationVerdict } from "./rotation";
import { readSigners, type Signer } from "./signers";

/** How to make sure that certificates outlive the shutdown. */
export interface RotationGate {
  /**
   * `gate` asks the cluster; `wait` waits until a fixed time after the installation, as Hotstack
   * does, and proves nothing; `off` does neither.
   */
  mode: "gate" | "wait" | "off";
  /** gate: how long every signer must still be valid. @default 25 days */
  minValidityMs?: number | undefined;
  /** gate: how long to wait for a rotation that has not happened yet. @default 0 */
  deadlineMs?: number;
  /** wait: the time after the installation. @default 25 h */
  waitMs?: number;
  clock: Clock;
  signal?: AbortSignal | undefined;
  onProgress?: ((line: string) => void) | undefined;
}

/** What was done about rotation, and what was seen. `rotated` is absent when nobody looked. */
export interface RotationEvidence {
  mode: RotationGate["mode"];
  startedAt: string;
  endedAt: string;
  rotated?: boolean;
  notAfter?: string | undefined;
  signers: Signer[];
  notLookedAt: string[];
}

const defaultWaitMs = 25 * 3_600_000;

/**
 * Passes when the certificates outlive the shutdown, by the mode's standards.
 *
 * @throws {ClusterStateError} when they do not and no waiting was asked for
 * @throws {TimeoutError} when they still do not at the deadline
 */
export async function passRotationGate(
  cluster: Cluster,
  gate: RotationGate,
): Promise<RotationEvidence> {
  const startedAt = gate.clock.now().toISOString();
  if (gate.mode === "wait") await waitSinceInstallation(cluster, gate);
  const seen = gate.mode === "gate" ? await waitForRotation(cluster, gate) : undefined;
  const signers = seen?.signers ?? (await readSigners(cluster));
  const verdict = seen?.verdict ?? judgeRotation(signers, { now: gate.clock.now() });
  return {
    mode: gate.mode,
    startedAt,
    endedAt: gate.clock.now().toISOString(),
    ...(seen && { rotated: seen.verdict.rotated }),
    notAfter: verdict.notAfter,
    signers,
    notLookedAt: verdict.notLookedAt,
  };
}

interface RotationSeen {
  signers: Signer[];
  verdict: RotationVerdict;
}

async function waitForRotation(cluster: Cluster, gate: RotationGate): Promise<RotationSeen> {
  const deadlineMs = gate.deadlineMs ?? 0;
  const installedAt = installedAtOf(await cluster.readClusterVersion());
  const observe = async () => {
    const signers = await readSigners(cluster);
    const { minValidityMs } = gate;
    const terms = { now: gate.clock.now(), minValidityMs, installedAt };
    return { signers, verdict: judgeRotation(signers, terms) };
  };
  if (deadlineMs === 0) {
    const seen = await observe();
    if (seen.verdict.rotated) return seen;
    const what = "the cluster's certificates would not outlive the shutdown";
    throw new ClusterStateError(what, seen.verdict.reasons);
  }
  return waitFor({
    what: "the cluster's certificates to be rotated",
    observe,
    isDone: ({ verdict }) => verdict.rotated,
    describe: ({ verdict }) => verdict.reasons.join("; "),
    deadlineMs,
    clock: gate.clock,
    signal: gate.signal,
    intervalMs: 10_000,
    maxIntervalMs: 60_000,
    onProgress: gate.onProgress,
  });
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
