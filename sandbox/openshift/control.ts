import { Hono } from "hono";
import { z } from "zod";
import type { Filing } from "./certificateRequests";
import type { ClusterFaults, OperatorFault } from "./clusterFaults";
import { clustersOf, type ClusterWorld } from "./clusters";
import type { ModelCluster } from "./modelCluster";

const conditionStatus = z.enum(["True", "False"]);

const change = z.strictObject({
  /** Operator → what it does instead of what it should; null heals it. */
  operators: z
    .record(
      z.string(),
      z.nullable(
        z.strictObject({
          conditions: z
            .strictObject({
              Available: conditionStatus,
              Progressing: conditionStatus,
              Degraded: conditionStatus,
            })
            .partial()
            .optional(),
          missing: z.array(z.enum(["Available", "Progressing", "Degraded"])).optional(),
          flapMs: z.number().positive().optional(),
          stale: z.boolean().optional(),
        }),
      ),
    )
    .optional(),
  emptyOperatorList: z.boolean().optional(),
  /** By how much the cluster's clocks are ahead of the world's; negative: behind. */
  clockSkewMs: z.number().optional(),
  /** How long no API server answers, in the world's milliseconds from now. */
  apiDownMs: z.number().nonnegative().optional(),
  /** Requests for certificates that somebody files: a kubelet's own but for what is given. */
  certificateRequests: z
    .array(
      z.strictObject({
        node: z.string(),
        purpose: z.enum(["client", "serving"]),
        /** How many. */
        count: z.number().int().positive().optional(),
        /** For how long they have been there, in the world's milliseconds. */
        ageMs: z.number().nonnegative().optional(),
        commonName: z.string().optional(),
        organizations: z.array(z.string()).optional(),
        dnsNames: z.array(z.string()).optional(),
        ipAddresses: z.array(z.string()).optional(),
        signerName: z.string().optional(),
        usages: z.array(z.string()).optional(),
        username: z.string().optional(),
        groups: z.array(z.string()).optional(),
      }),
    )
    .optional(),
  /** Node → whether it takes a shutdown command and goes on running. */
  ignoresShutdown: z.record(z.string(), z.boolean()).optional(),
  /** Node → when its kubelet's credentials end, in the world's milliseconds from now. */
  kubelets: z
    .record(
      z.string(),
      z.strictObject({
        clientMs: z.number().optional(),
        servingMs: z.number().optional(),
        bootstrapMs: z.number().optional(),
        isUnreadable: z.boolean().optional(),
      }),
    )
    .optional(),
  /** `namespace/name` of a pod → the disruption budget that forbids to evict it; null allows. */
  disruptionBudgets: z.record(z.string(), z.string().nullable()).optional(),
  /** `namespace/name` of a pod → how long it takes to end, in modelled milliseconds. */
  podEndings: z.record(z.string(), z.number().nonnegative()).optional(),
  /** Pods that somebody runs beside those of every cluster; bare: without a controller. */
  morePods: z
    .array(
      z.strictObject({
        namespace: z.string(),
        name: z.string(),
        node: z.string(),
        isBare: z.boolean().optional(),
      }),
    )
    .optional(),
  /** Node → what becomes of pods that are posted for it; null heals. */
  pods: z
    .record(
      z.string(),
      z.nullable(
        z.strictObject({
          startMs: z.number().nonnegative().optional(),
          isPullFailing: z.boolean().optional(),
        }),
      ),
    )
    .optional(),
});

/** What to change in a cluster, as the control API takes it. */
export type ClusterChange = z.infer<typeof change>;

/** Makes a cluster misbehave, or heals it. */
export function changeCluster(cluster: ModelCluster, wanted: ClusterChange): void {
  const { faults, clock } = cluster;
  const now = clock.nowMs();
  for (const [name, fault] of Object.entries(wanted.operators ?? {})) {
    const current = cluster.reports()[name];
    if (fault === null) faults.clearOperator(name);
    else faults.setOperator(name, fault as OperatorFault, now, current);
  }
  if (wanted.emptyOperatorList !== undefined) {
    faults.hasEmptyOperatorList = wanted.emptyOperatorList;
  }
  if (wanted.clockSkewMs !== undefined) faults.clockSkewMs = wanted.clockSkewMs;
  if (wanted.apiDownMs !== undefined) faults.takeApiDown(now + wanted.apiDownMs);
  for (const { count = 1, ageMs = 0, ...filing } of wanted.certificateRequests ?? []) {
    const request = { ...filing, createdAt: now - ageMs } as Filing;
    for (let filed = 0; filed < count; filed += 1) cluster.requests.file(request);
  }
  for (const [node, ignores] of Object.entries(wanted.ignoresShutdown ?? {})) {
    faults.setIgnoresShutdown(node, ignores);
  }
  changePods(faults, wanted);
  for (const [node, credentials] of Object.entries(wanted.kubelets ?? {})) {
    changeKubelet(cluster, node, credentials);
  }
}

function changeKubelet(
  cluster: ModelCluster,
  name: string,
  ends: NonNullable<ClusterChange["kubelets"]>[string],
): void {
  // what was due before now has happened, and does not undo the change
  cluster.settle();
  const { state, faults, clock } = cluster;
  const node = state.nodes[name];
  if (!node) return;
  const { clientMs, servingMs, bootstrapMs, isUnreadable } = ends;
  const now = clock.nowMs();
  if (clientMs !== undefined) node.kubelet = { ...node.kubelet, notAfter: now + clientMs };
  if (servingMs !== undefined) node.serving = { ...node.serving, notAfter: now + servingMs };
  if (bootstrapMs !== undefined) node.bootstrapUntil = now + bootstrapMs;
  if (isUnreadable !== undefined) faults.setUnreadable(name, isUnreadable);
}

function changePods(faults: ClusterFaults, wanted: ClusterChange): void {
  for (const [pod, budget] of Object.entries(wanted.disruptionBudgets ?? {})) {
    faults.setBudget(pod, budget);
  }
  for (const [pod, ms] of Object.entries(wanted.podEndings ?? {})) faults.setEnding(pod, ms);
  faults.morePods.push(...(wanted.morePods ?? []));
  for (const [node, fault] of Object.entries(wanted.pods ?? {})) faults.setPods(node, fault);
}

/**
 * The clusters' part of the sandbox's control API, to be mounted under /sandbox: `GET /clusters`
 * lists them, `PATCH /clusters/{address}` makes one misbehave.
 */
export function clusterControlApp(world: ClusterWorld): Hono {
  const clusters = clustersOf(world);
  const app = new Hono();
  app.get("/clusters", (c) => c.json(clusters.all().map(describeCluster)));
  app.patch("/clusters/:address", async (c) => {
    const cluster = clusters.at(c.req.param("address"));
    if (!cluster) return c.json({ error: `no cluster at ${c.req.param("address")}` }, 404);
    const wanted = change.safeParse(await c.req.json().catch(() => undefined));
    if (!wanted.success) return c.json({ error: z.prettifyError(wanted.error) }, 400);
    changeCluster(cluster, wanted.data);
    return c.json(describeCluster(cluster));
  });
  return app;
}

function describeCluster(cluster: ModelCluster) {
  const { state } = cluster;
  return {
    clusterId: state.clusterId,
    installed: cluster.isInstalled(),
    serving: cluster.isServing(),
    installedAt: new Date(state.installedAt).toISOString(),
    csrSignerUntil: new Date(state.signers["csr-signer"].notAfter).toISOString(),
    nodes: cluster.standings().map(({ name, node, ready }) => ({
      name,
      role: node.role,
      ip: node.ip,
      ready,
      cordoned: node.unschedulable,
      bootId: node.bootId,
    })),
  };
}
