import { Hono } from "hono";
import { z } from "zod";
import type { OperatorFault } from "./clusterFaults";
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
          flapMs: z.number().positive().optional(),
          stale: z.boolean().optional(),
        }),
      ),
    )
    .optional(),
  emptyOperatorList: z.boolean().optional(),
  /** How long no API server answers, in the world's milliseconds from now. */
  apiDownMs: z.number().nonnegative().optional(),
  /** Node → whether it takes a shutdown command and goes on running. */
  ignoresShutdown: z.record(z.string(), z.boolean()).optional(),
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
  if (wanted.apiDownMs !== undefined) faults.takeApiDown(now + wanted.apiDownMs);
  for (const [node, ignores] of Object.entries(wanted.ignoresShutdown ?? {})) {
    faults.setIgnoresShutdown(node, ignores);
  }
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
