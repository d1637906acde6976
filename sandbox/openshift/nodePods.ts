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
  labels: Record<string, string>;
  annotations: Record<string, string>;
  spec: { nodeName?: string; containers?: { command?: string[]; args?: string[] }[] };
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
      if (standing?.ready !== "True" || !this.cluster.memberOf(standing.name)) continue;
      pod.ranAt = this.cluster.clock.nowMs();
      this.#execute(pod, standing.name, powerOff);
    }
  }

  /** Pending, Running, and after a moment Succeeded: every command that is not known does nothing. */
  phaseOf(pod: StoredPod): "Pending" | "Running" | "Succeeded" {
    if (pod.ranAt === undefined) return "Pending";
    const endsAt = pod.ranAt + this.cluster.scaled(clusterTimes.podMs);
    return this.cluster.clock.nowMs() >= endsAt ? "Succeeded" : "Running";
  }

  #execute(pod: StoredPod, nodeName: string, powerOff: (serverId: string) => void): void {
    const container = pod.spec.containers?.[0];
    const words = [...(container?.command ?? []), ...(container?.args ?? [])].join(" ");
    const scheduled = /\bshutdown\s+-h\s+(?:\+?(\d+)|now)/.exec(words);
    if (scheduled) this.cluster.scheduleShutdown(nodeName, Number(scheduled[1] ?? 0), powerOff);
    else if (/\bshutdown\s+-c\b/.test(words)) this.cluster.cancelShutdown(nodeName);
  }
}
