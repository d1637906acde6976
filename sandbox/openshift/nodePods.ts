import { runOnHost, type CommandEnd } from "./hostCommands";
import type { ModelCluster } from "./modelCluster";
import { clusterTimes } from "./times";

/** A pod as it was posted, and when. */
export interface StoredPod {
  namespace: string;
  name: string;
  uid: string;
  createdAt: number;
  /** Undefined while its node's kubelet does not run: the pod is Pending. */
  ranAt: number | undefined;
  /** How its command ended, or will have; set when it ran. */
  end?: CommandEnd;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  spec: {
    nodeName?: string;
    containers?: { image?: string; command?: string[]; args?: string[] }[];
  };
}

/** The pods that somebody posted. Not in etcd's copy on the disks: they do not outlive a stop. */
export class NodePods {
  readonly #pods = new Map<string, StoredPod>();

  constructor(private readonly cluster: ModelCluster) {}

  list(): StoredPod[] {
    return [...this.#pods.values()];
  }

  /** @returns false when there is one of that name */
  add(pod: StoredPod): boolean {
    const key = `${pod.namespace}/${pod.name}`;
    if (this.#pods.has(key)) return false;
    this.#pods.set(key, pod);
    return true;
  }

  remove(namespace: string, name: string): StoredPod | undefined {
    const key = `${namespace}/${name}`;
    const pod = this.#pods.get(key);
    this.#pods.delete(key);
    return pod;
  }

  /** Drops the pods of a node that is off. */
  forget(nodeName: string): void {
    for (const pod of this.list()) {
      if (pod.spec.nodeName === nodeName) this.remove(pod.namespace, pod.name);
    }
  }

  /** Runs what can run: pods on nodes whose kubelets are at work. */
  run(powerOff: (serverId: string) => void): void {
    const standings = this.cluster.standings();
    for (const pod of this.list().filter((p) => p.ranAt === undefined)) {
      const standing = standings.find((s) => s.name === pod.spec.nodeName);
      if (standing?.ready !== "True" || !this.cluster.hasKubelet(standing.name)) continue;
      const { startMs = 0, isPullFailing } = this.cluster.faults.podFaultOf(standing.name);
      const now = this.cluster.clock.nowMs();
      if (isPullFailing || now < pod.createdAt + startMs) continue;
      pod.ranAt = now;
      this.#execute(pod, standing.name, powerOff);
    }
  }

  /** Pending, Running, and after a moment Succeeded or Failed. */
  phaseOf(pod: StoredPod): "Pending" | "Running" | "Succeeded" | "Failed" {
    if (pod.ranAt === undefined) return "Pending";
    const endsAt = pod.ranAt + this.cluster.scaled(clusterTimes.podMs);
    const { cluster } = this;
    const isReported =
      cluster.clock.nowMs() >= endsAt && cluster.hasKubelet(pod.spec.nodeName ?? "");
    if (!isReported) return "Running";
    return (pod.end?.exitCode ?? 0) === 0 ? "Succeeded" : "Failed";
  }

  #execute(pod: StoredPod, nodeName: string, powerOff: (serverId: string) => void): void {
    const container = pod.spec.containers?.[0];
    const words = [...(container?.command ?? []), ...(container?.args ?? [])].join(" ");
    pod.end = runOnHost(this.cluster, nodeName, words, powerOff);
  }
}
