import type { ClusterState, OperatorConditions, OperatorState } from "./clusterState";
import { clusterTimes } from "./times";

/** The cluster operators of OpenShift 4.18. */
export const operatorNames = [
  "authentication",
  "baremetal",
  "cloud-controller-manager",
  "cloud-credential",
  "cluster-autoscaler",
  "config-operator",
  "console",
  "control-plane-machine-set",
  "csi-snapshot-controller",
  "dns",
  "etcd",
  "image-registry",
  "ingress",
  "insights",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kube-storage-version-migrator",
  "machine-api",
  "machine-approver",
  "machine-config",
  "marketplace",
  "monitoring",
  "network",
  "node-tuning",
  "olm",
  "openshift-apiserver",
  "openshift-controller-manager",
  "openshift-samples",
  "operator-lifecycle-manager",
  "operator-lifecycle-manager-catalog",
  "operator-lifecycle-manager-packageserver",
  "service-ca",
  "storage",
] as const;

/** Those that roll something out after a boot, and say so. */
const movers: ReadonlySet<string> = new Set([
  "authentication",
  "console",
  "dns",
  "etcd",
  "ingress",
  "kube-apiserver",
  "monitoring",
  "network",
]);

/** Those whose static pods hold what signers sign, or trust it. */
const rollers: ReadonlySet<string> = new Set(["kube-apiserver", "kube-controller-manager"]);

/** What operators go by. Times in milliseconds since the epoch. */
export interface OperatorSurroundings {
  now: number;
  timeScale: number;
  /** When a majority of masters was up; undefined while their kubelets cannot work. */
  bootedAt: number | undefined;
}

/**
 * What an operator reports now, given what it reported last before this boot. Cordons play no part:
 * a kubelet restarts the pods that were bound to its node before, cordoned or not.
 */
export function reportOperator(
  state: ClusterState,
  name: string,
  around: OperatorSurroundings,
): OperatorState {
  const report = reportSinceBoot(state, name, around);
  return rollers.has(name) ? rollOut(report, state.rolloutAt, around) : report;
}

/** A new signer makes them roll out their static pods. */
function rollOut(
  report: OperatorState,
  rolloutAt: number | undefined,
  { now, timeScale }: OperatorSurroundings,
): OperatorState {
  if (rolloutAt === undefined || now < rolloutAt) return report;
  const endsAt = rolloutAt + clusterTimes.signerRolloutMs / timeScale;
  if (now >= endsAt) return report;
  const Progressing = { status: "True", since: rolloutAt } as const;
  return { ...report, conditions: { ...report.conditions, Progressing } };
}

function reportSinceBoot(
  state: ClusterState,
  name: string,
  around: OperatorSurroundings,
): OperatorState {
  const before = state.operators[name];
  if (!before) return reportDuringInstallation(state, name, around);
  if (around.bootedAt === undefined) return before;
  const since = stagesOf(around.bootedAt, around.timeScale);
  const leaseRenewedAt =
    around.now < since.leases
      ? before.leaseRenewedAt
      : lastTick(since.leases, around.now, clusterTimes.leaseMs / around.timeScale);
  const conditions = movers.has(name)
    ? move(before.conditions, since, around.now)
    : before.conditions;
  return { conditions, leaseRenewedAt };
}

/** The newest multiple of `every` after `from` that is not in the future. */
export function lastTick(from: number, now: number, every: number): number {
  return from + Math.floor((now - from) / every) * every;
}

function stagesOf(bootedAt: number, timeScale: number) {
  return {
    moving: bootedAt + clusterTimes.operatorsStaleMs / timeScale,
    leases: bootedAt + clusterTimes.leasesMs / timeScale,
    ready: bootedAt + clusterTimes.operatorsReadyMs / timeScale,
  };
}

type Stages = ReturnType<typeof stagesOf>;

function move(before: OperatorConditions, since: Stages, now: number): OperatorConditions {
  if (now < since.moving) return before;
  const Progressing =
    now < since.ready
      ? ({ status: "True", since: since.moving } as const)
      : ({ status: "False", since: since.ready } as const);
  return { ...before, Progressing };
}

/** One operator after the other gets ready between the API's start and the end. */
function reportDuringInstallation(
  { apiAt, installedAt }: ClusterState,
  name: string,
  { now, timeScale }: OperatorSurroundings,
): OperatorState {
  const share = (operatorNames.findIndex((n) => n === name) + 1) / operatorNames.length;
  const readyAt = apiAt + (installedAt - apiAt) * share;
  const isReady = now >= readyAt;
  const since = isReady ? readyAt : apiAt;
  return {
    conditions: {
      Available: { status: isReady ? "True" : "False", since },
      Progressing: { status: isReady ? "False" : "True", since },
      Degraded: { status: "False", since: apiAt },
    },
    leaseRenewedAt: lastTick(apiAt, Math.max(now, apiAt), clusterTimes.leaseMs / timeScale),
  };
}
