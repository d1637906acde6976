import type { Api, KubeObject } from "./Api";
import type { Seeded } from "./objects";
import { seedAll } from "./seed";
import { until } from "./until";

const pods = "/api/v1/namespaces/default/pods";
const budgets = "/apis/policy/v1/namespaces/default/poddisruptionbudgets";

/** What a workload leaves, to be removed. */
export const workloadLeft = [pods, budgets];

/** Puts the pods `free` and `kept` on a node; a disruption budget keeps the second one there. */
export async function addWorkload(api: Api, node: string): Promise<void> {
  const known = await api.get("/api/v1/namespaces/default/configmaps/kube-root-ca.crt");
  const owner = { ...known, apiVersion: "v1", kind: "ConfigMap" };
  const made = ["free", "kept"].map((name) => workloadPod(name, node, owner));
  await seedAll(api, [disruptionBudget("kept"), ...made]);
  await until("the pods to run, and their budget to be known", async () => {
    const running = await api.list(`${pods}?fieldSelector=status.phase%3DRunning`);
    const { status } = await api.get<{ status?: { currentHealthy?: number } }>(`${budgets}/kept`);
    if (running.length !== 2 || status?.currentHealthy !== 1) {
      throw new Error(`${running.length} pods run, ${status?.currentHealthy ?? 0} counted`);
    }
  });
}

/** Somebody's pod on a node, which is made anew elsewhere when it is evicted; `owner` only stands for who would. */
function workloadPod(name: string, nodeName: string, owner: KubeObject): Seeded {
  const { apiVersion, kind, metadata } = owner;
  const reference = { apiVersion, kind, name: metadata.name, uid: metadata.uid, controller: true };
  return {
    collection: pods,
    object: {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, labels: { app: name }, ownerReferences: [reference] },
      spec: { nodeName, containers: [{ name: "main", image: "quay.example/main:1" }] },
    },
  };
}

/** Forbids to evict the only pod of that name. */
function disruptionBudget(name: string): Seeded {
  return {
    collection: budgets,
    object: {
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata: { name },
      spec: { minAvailable: 1, selector: { matchLabels: { app: name } } },
    },
  };
}
