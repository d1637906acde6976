import type { Cluster } from "../api/cluster";
import { CsrApprovals, type CsrEvidence } from "../csr/CsrApprovals";
import { ClusterStateError } from "../api/errors";
import type { RotationLook } from "./look";
import { nodesShortOf, type Shortfall } from "./judgeRotation";
import type { NodeReach } from "./readKubelets";
import { awaitKubelets, renewBootstraps, renewKubelets } from "./renewKubelets";
import { awaitSignersInUse, renewSigners } from "./renewSigners";
import { waitForStable } from "../stability/waitForStable";

/** How to force a rotation. */
export interface Acceleration extends NodeReach {
  /** For how long all operators have to be stable before and after signers are replaced. @default 60 s */
  stablePeriodMs?: number | undefined;
  /** @default 45 min */
  stableDeadlineMs?: number | undefined;
  onProgress?: ((line: string) => void) | undefined;
}

/** One step of a forced rotation, ISO 8601. */
export interface AccelerationStep {
  step: string;
  startedAt: string;
  endedAt: string;
  seen: string;
}

/** What was done to force it. */
export interface AccelerationEvidence {
  steps: AccelerationStep[];
  certificateRequests: CsrEvidence;
}

/** What the steps share. */
export interface AccelerationContext extends Acceleration {
  cluster: Cluster;
  csrs: CsrApprovals;
  step: (name: string, run: () => Promise<string>) => Promise<void>;
}

/** Replaced when their secrets are deleted; others are not touched. */
const renewable = ["csr-signer", "csr-signer-signer"];

/**
 * Makes the cluster do in minutes what it does by itself in a day: bootstrap credentials renewed
 * where they are needed, signers made anew, kubelets restarted so that they ask for certificates by
 * them, one control plane node at a time. Each step is done where a look shows that it is needed, so
 * an interrupted run is gone on with by running it again. Nothing is left behind.
 *
 * @param look reads and judges anew
 * @throws {ClusterStateError} when something falls short that cannot be forced; nothing was changed
 * @throws {TimeoutError} naming the step's last observation
 */
export async function accelerateRotation(
  cluster: Cluster,
  options: Acceleration,
  look: () => Promise<RotationLook>,
): Promise<AccelerationEvidence> {
  const steps: AccelerationStep[] = [];
  const context = contextOf(cluster, options, steps);
  let seen = await look();
  refuseOthers(seen.verdict.shortfalls);
  const lost = nodesShortOf(seen.verdict.shortfalls, "node");
  if (lost.length > 0) {
    await awaitKubelets(context, lost);
    seen = await look();
  }
  await renewBootstraps(context, nodesShortOf(seen.verdict.shortfalls, "bootstrap"));
  const signers = seen.verdict.shortfalls.filter(({ kind }) => kind === "signer");
  if (signers.length > 0) {
    await awaitStable(context, "stable before");
    await renewSigners(context, signers);
  }
  await awaitSignersInUse(context);
  await awaitStable(context, "stable after");
  await renewKubelets(context, look);
  return { steps, certificateRequests: context.csrs.evidence() };
}

function refuseOthers(shortfalls: readonly Shortfall[]): void {
  const others = shortfalls.filter(
    ({ kind, what }) => kind === "signer" && !renewable.includes(what),
  );
  if (others.length === 0) return;
  const reasons = others.map(({ what, problem }) => `${what} ${problem}`);
  throw new ClusterStateError("the rotation of this cannot be forced", reasons);
}

function awaitStable(context: AccelerationContext, step: string): Promise<void> {
  const { cluster, clock, signal, stablePeriodMs = 60_000, stableDeadlineMs = 2_700_000 } = context;
  return context.step(step, async () => {
    const { operators } = await waitForStable(cluster, {
      periodMs: stablePeriodMs,
      deadlineMs: stableDeadlineMs,
      clock,
      signal,
      onProgress: context.onProgress,
    });
    return `${operators} operators stable`;
  });
}

function contextOf(
  cluster: Cluster,
  options: Acceleration,
  steps: AccelerationStep[],
): AccelerationContext {
  const { clock, onProgress } = options;
  const by = {
    reason: "SnapSetRotation",
    message: "the kubelet was restarted to get a certificate by the new signer",
  };
  return {
    ...options,
    cluster,
    csrs: new CsrApprovals(cluster, clock, by),
    step: async (step, run) => {
      onProgress?.(step);
      const startedAt = clock.now().toISOString();
      const seen = await run();
      steps.push({ step, startedAt, endedAt: clock.now().toISOString(), seen });
    },
  };
}
