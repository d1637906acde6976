import type { Clock } from "../../common/clock";
import { eachBounded } from "../../common/eachBounded";
import { messageOf } from "../../common/errors";
import { listed } from "../../common/listed";
import { waitFor } from "../../common/wait";
import type { Cluster } from "../api/cluster";
import { debugPodLabel } from "../nodes/debugPod";
import { ClusterError, isTransient } from "../api/errors";
import { isMaster, nameOf } from "../nodes/nodes";
import type { Node, Pod } from "../api/types";

/** How to drain. */
export interface Drain {
  /** For how long pods are asked to go, and waited for. */
  timeoutMs: number;
  clock: Clock;
  signal?: AbortSignal | undefined;
  onProgress?: ((line: string) => void) | undefined;
}

/** A pod that still ran at the end, and why. */
export interface PodLeft {
  /** `namespace/name`. */
  pod: string;
  node: string;
  why: string;
}

/** What a drain did. Times are ISO 8601. */
export interface DrainEvidence {
  startedAt: string;
  endedAt: string;
  nodes: string[];
  /** How many pods have gone. */
  evicted: number;
  left: PodLeft[];
  /** Why it could not even look, if so. */
  problem?: string;
}

/** What is to become of the pods of some nodes. */
export interface DrainPlan {
  evict: Pod[];
  /** Told to go already. */
  ending: Pod[];
  /** Nobody would make them anew: they end with their node, and may come back with it. */
  bare: Pod[];
}

/** So that a full cluster's API is not flooded: at most 25 evictions a second, 10 under way. */
const lookMs = 2000;
const evictionsPerLook = 50;
const parallelEvictions = 10;

/**
 * Evicts the pods of all nodes that are no masters, at once, as `oc adm drain --ignore-daemonsets
 * --delete-emptydir-data` does: DaemonSets' pods, mirror pods and finished ones are passed over, data
 * in emptyDirs are lost. What forbids it, be it a disruption budget until the time-out, is told and
 * ends nothing: the nodes go down all the same. Without such nodes there is nothing to do.
 *
 * @throws only the signal's reason
 */
export async function drain(
  cluster: Cluster,
  nodes: readonly Node[],
  options: Drain,
): Promise<DrainEvidence> {
  const { clock, signal, timeoutMs } = options;
  const startedAt = clock.now();
  const workers = nodes.filter((node) => !isMaster(node)).map((node) => node.metadata.name);
  const run = new DrainRun(cluster, nodes.filter(isMaster).map(nameOf), new Set(workers));
  const isOver = () => clock.now().getTime() - startedAt.getTime() >= timeoutMs;
  if (workers.length > 0) {
    await waitFor({
      what: "pods to go",
      observe: () => run.look(),
      isDone: (isDone) => isDone || isOver(),
      describe: () => run.describe(),
      deadlineMs: timeoutMs,
      intervalMs: lookMs,
      maxIntervalMs: lookMs,
      clock,
      signal,
      onProgress: (seen) => options.onProgress?.(`draining ${listed(workers)}: ${seen}`),
    });
  }
  const endedAt = clock.now().toISOString();
  return { startedAt: startedAt.toISOString(), endedAt, nodes: workers, ...run.evidence() };
}

/** Decides about every pod of some nodes. */
export function planDrain(pods: readonly Pod[], nodes: ReadonlySet<string>): DrainPlan {
  const drained = pods.filter((pod) => nodes.has(pod.spec?.nodeName ?? "") && !isPassedOver(pod));
  const ending = drained.filter((pod) => pod.metadata.deletionTimestamp !== undefined);
  const running = drained.filter((pod) => !ending.includes(pod));
  return {
    evict: running.filter((pod) => controllerOf(pod) !== undefined),
    ending,
    bare: running.filter((pod) => controllerOf(pod) === undefined),
  };
}

const mirrorAnnotation = "kubernetes.io/config.mirror";

function isPassedOver(pod: Pod): boolean {
  const { annotations, labels } = pod.metadata;
  return (
    annotations?.[mirrorAnnotation] !== undefined ||
    labels?.[debugPodLabel] !== undefined ||
    controllerOf(pod) === "DaemonSet" ||
    ["Succeeded", "Failed"].includes(pod.status?.phase ?? "")
  );
}

function controllerOf({ metadata }: Pod): string | undefined {
  return metadata.ownerReferences?.find((owner) => owner.controller === true)?.kind;
}

/** One drain: what it has seen so far. */
class DrainRun {
  /** Every pod that was asked to go. */
  readonly #asked = new Set<string>();
  /** Why a pod was refused the last time. */
  readonly #refusals = new Map<string, string>();
  #plan: DrainPlan = { evict: [], ending: [], bare: [] };
  #problem: string | undefined;

  constructor(
    private readonly cluster: Cluster,
    private readonly masters: readonly string[],
    private readonly workers: ReadonlySet<string>,
  ) {}

  /** @returns whether there is nothing left to wait for */
  async look(): Promise<boolean> {
    try {
      this.#plan = planDrain(await this.cluster.listPodsExceptOn(this.masters), this.workers);
      this.#problem = undefined;
    } catch (error) {
      if (!(error instanceof ClusterError)) throw error;
      this.#problem = messageOf(error);
      return !isTransient(error);
    }
    const now = this.#plan.evict.slice(0, evictionsPerLook);
    await eachBounded(now, parallelEvictions, (pod) => this.#evict(pod));
    return this.#plan.evict.length + this.#plan.ending.length === 0;
  }

  async #evict(pod: Pod): Promise<void> {
    const key = keyOf(pod);
    try {
      await this.cluster.evictPod(pod.metadata.namespace ?? "", pod.metadata.name);
      this.#asked.add(key);
      this.#refusals.delete(key);
    } catch (error) {
      if (!(error instanceof ClusterError)) throw error;
      this.#refusals.set(key, messageOf(error));
    }
  }

  describe(): string {
    if (this.#problem !== undefined) return this.#problem;
    const left = this.#left().map(({ pod, why }) => `${pod} (${why})`);
    return left.length === 0 ? "all pods have gone" : `left: ${listed(left)}`;
  }

  evidence(): Pick<DrainEvidence, "evicted" | "left" | "problem"> {
    const left = this.#left();
    const stay = new Set(left.map(({ pod }) => pod));
    const evicted = [...this.#asked].filter((key) => !stay.has(key)).length;
    return { evicted, left, ...(this.#problem !== undefined && { problem: this.#problem }) };
  }

  #left(): PodLeft[] {
    const { evict, ending, bare } = this.#plan;
    const why = (key: string) =>
      this.#refusals.get(key) ?? (this.#asked.has(key) ? "is ending" : "was not asked to go yet");
    return [
      ...evict.map((pod) => leftOf(pod, why(keyOf(pod)))),
      ...ending.map((pod) => leftOf(pod, "is ending")),
      ...bare.map((pod) => leftOf(pod, "has no controller that would make it anew")),
    ].sort((a, b) => a.pod.localeCompare(b.pod));
  }
}

function leftOf(pod: Pod, why: string): PodLeft {
  return { pod: keyOf(pod), node: pod.spec?.nodeName ?? "", why };
}

function keyOf({ metadata }: Pod): string {
  return `${metadata.namespace ?? ""}/${metadata.name}`;
}
