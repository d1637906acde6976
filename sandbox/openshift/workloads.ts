import type { ModelCluster } from "./modelCluster";
import { time, uidOf, type WireObject } from "./objects";
import { clusterTimes } from "./times";

/** What stands behind a pod, and so what an eviction of it means. */
type Owner = "ReplicaSet" | "StatefulSet" | "DaemonSet" | "Node" | "none";

interface Workload {
  namespace: string;
  /** The node's name comes after it. */
  name: string;
  owner: Owner;
  role: "master" | "worker";
  phase?: "Succeeded";
  hasEmptyDir?: boolean;
}

/** Some of the pods of every cluster, one on each node of the role. */
const workloads: readonly Workload[] = [
  { namespace: "openshift-etcd", name: "etcd", owner: "Node", role: "master" },
  {
    namespace: "openshift-etcd",
    name: "installer-3",
    owner: "none",
    role: "master",
    phase: "Succeeded",
  },
  { namespace: "openshift-dns", name: "dns-default", owner: "DaemonSet", role: "worker" },
  { namespace: "openshift-ingress", name: "router-default", owner: "ReplicaSet", role: "worker" },
  {
    namespace: "openshift-monitoring",
    name: "prometheus-k8s",
    owner: "StatefulSet",
    role: "worker",
    hasEmptyDir: true,
  },
  {
    namespace: "default",
    name: "migration",
    owner: "ReplicaSet",
    role: "worker",
    phase: "Succeeded",
  },
];

/** The pods that controllers keep on the nodes; an evicted one comes back when its node takes pods. */
export class Workloads {
  /** Namespace and name → when it was told to go. */
  readonly #evicted = new Map<string, number>();

  constructor(private readonly cluster: ModelCluster) {}

  objects(): WireObject[] {
    return this.#placed()
      .filter(({ key, node }) => !this.#isGone(key, node))
      .map(({ key, workload, node }) => this.#object(key, workload, node));
  }

  /** @returns false when there is no such pod */
  evict(namespace: string, name: string): boolean {
    const key = `${namespace}/${name}`;
    const pod = this.#placed().find((it) => it.key === key && !this.#isGone(key, it.node));
    if (pod && !this.#evicted.has(key)) this.#evicted.set(key, this.cluster.clock.nowMs());
    return pod !== undefined;
  }

  #placed() {
    const more = this.cluster.faults.morePods.map(({ namespace, name, node, isBare = false }) => {
      const owner: Owner = isBare ? "none" : "ReplicaSet";
      const workload: Workload = { namespace, name, owner, role: "worker" };
      return { key: `${namespace}/${name}`, workload, node };
    });
    const placed = Object.entries(this.cluster.state.nodes).flatMap(([node, { role }]) =>
      workloads
        .filter((workload) => workload.role === role)
        .map((workload) => ({
          key: `${workload.namespace}/${workload.name}-${node}`,
          workload,
          node,
        })),
    );
    return [...placed, ...more];
  }

  #isGone(key: string, node: string): boolean {
    const at = this.#evicted.get(key);
    if (at === undefined) return false;
    const goneAt = at + this.cluster.scaled(this.#terminationMs(key));
    if (this.cluster.clock.nowMs() < goneAt) return false;
    if (this.cluster.state.nodes[node]?.unschedulable !== false) return true;
    this.#evicted.delete(key);
    return false;
  }

  #terminationMs(key: string): number {
    return this.cluster.faults.endsSlowly(key) ?? clusterTimes.podTerminationMs;
  }

  #object(key: string, { namespace, owner, phase, hasEmptyDir }: Workload, nodeName: string) {
    const { cluster } = this;
    const { createdAt = 0 } = cluster.state.nodes[nodeName] ?? {};
    const at = this.#evicted.get(key);
    const name = key.slice(namespace.length + 1);
    return {
      apiVersion: "v1",
      kind: "Pod",
      metadata: {
        name,
        namespace,
        uid: uidOf(cluster.state.clusterId, "workload", key),
        resourceVersion: String(Math.round(at ?? createdAt)),
        creationTimestamp: time(createdAt),
        ...(at !== undefined && { deletionTimestamp: time(at) }),
        ...(owner === "Node" && { annotations: { "kubernetes.io/config.mirror": "hash" } }),
        ...(owner !== "none" && {
          ownerReferences: [{ apiVersion: "v1", kind: owner, name, uid: "", controller: true }],
        }),
      },
      spec: {
        nodeName,
        containers: [{ name: "main", image: "quay.example/workload" }],
        ...(hasEmptyDir && { volumes: [{ name: "data", emptyDir: {} }] }),
      },
      status: { phase: phase ?? "Running" },
    };
  }
}
