import { formatSeconds, TimeoutError } from "../../common/errors";
import { listed } from "../../common/listed";
import { ClusterStateError } from "../api/errors";
import { describeFreshness, judgeFreshness, type Freshness } from "./freshness";
import { cordonMark, isCordoned, shutdownMark } from "../nodes/nodes";
import type { ReviveContext } from "./revive";
import type { RenewTimes } from "./reviveNodes";
import { pace } from "./revivePace";
import { watchRefusals } from "../api/startingRefusals";
import { waitForAnswer } from "../api/tolerate";
import { uncordonAgain } from "./uncordonAgain";
import type { ClusterVersion, Node } from "../api/types";
import { watchCertificate } from "./untrustedCertificate";
import { waitForStable } from "../stability/waitForStable";

/**
 * Waits until the API answers with our credentials. A starting API server refuses even good ones
 * (401 and 403 until its caches are filled), so every refusal may pass until the deadline.
 */
export function waitForApi(context: ReviveContext): Promise<ClusterVersion> {
  return context.step("API", async () => {
    const note = watchCertificate(context.clock);
    const value = await waitForAnswer(
      {
        what: `the API at ${context.cluster.server}`,
        observe: () => context.cluster.readClusterVersion(),
        describe: () => "it answers",
        deadlineMs: context.deadlinesMs.api,
        ...pace(context, "waiting for the API"),
      },
      (error) => {
        note(error);
        return true;
      },
    );
    return { value, seen: `${context.cluster.server} answers` };
  });
}

/** Refuses another cluster: nothing must be uncordoned in it. */
export function requireIdentity(context: ReviveContext, version: ClusterVersion): Promise<string> {
  return context.step("identity", () => {
    const id = version.spec?.clusterID ?? "";
    const { clusterId } = context;
    if (clusterId !== undefined && id !== clusterId) {
      throw new ClusterStateError(`${context.cluster.server} is another cluster`, [
        `its id is ${id}, that of the captured one ${clusterId}`,
      ]);
    }
    return Promise.resolve({ value: id, seen: `cluster ${id}` });
  });
}

/** One round of stability. */
export function stableFor(context: ReviveContext, name: string, periodMs: number): Promise<void> {
  return context.step(`${name}, ${formatSeconds(periodMs)}`, async () => {
    const seen = await watchStability(context, periodMs, context.deadlinesMs.stable);
    return { value: undefined, seen };
  });
}

/**
 * The first, short round, before nodes are uncordoned. Its deadline does not end the revive: what
 * has to be scheduled anew after the boot, such as routers, cannot get stable on cordoned nodes.
 */
export function stableIfPossible(context: ReviveContext, periodMs: number): Promise<void> {
  return context.step(`stable, initial, ${formatSeconds(periodMs)}`, async () => {
    try {
      const seen = await watchStability(context, periodMs, context.deadlinesMs.initial);
      return { value: undefined, seen };
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
      return { value: undefined, seen: `${error.message}; went on to uncordon` };
    }
  });
}

async function watchStability(context: ReviveContext, periodMs: number, deadlineMs: number) {
  const { clock, signal, onProgress } = context;
  const watch = { periodMs, deadlineMs, clock, signal, onProgress };
  const evidence = await waitForStable(context.cluster, watch);
  const { operators, stableSince, observations } = evidence;
  return `${operators} operators stable since ${stableSince}, ${observations} observations`;
}

/**
 * Uncordons every node that was not cordoned before the capture.
 *
 * @param seen the nodes, when they have just been read
 * @returns their names
 */
export function uncordonNodes(context: ReviveContext, seen?: readonly Node[]): Promise<string[]> {
  return context.step("uncordon", async () => {
    const nodes = seen ?? (await context.cluster.listNodes());
    const cordoned = nodes.filter(isCordoned).map((node) => node.metadata.name);
    const leave = cordoned.filter((name) => context.cordonedBefore?.includes(name));
    const names = cordoned.filter((name) => !leave.includes(name));
    const marks = { [cordonMark]: null, [shutdownMark]: null };
    await Promise.all([
      ...names.map((name) => context.cluster.patchNodeUnschedulable(name, false, marks)),
      ...leave.map((name) => context.cluster.patchNodeAnnotations(name, marks)),
    ]);
    const left = leave.length === 0 ? "" : `; left cordoned as before: ${leave.join(", ")}`;
    return { value: names, seen: `uncordoned: ${names.join(", ") || "none"}${left}` };
  });
}

/**
 * Uncordons what has been cordoned anew: rounds by the clock do not see that, as a proof does.
 *
 * @returns their names
 */
export function releaseAgain(context: ReviveContext): Promise<string[]> {
  return waitForAnswer(
    {
      what: "the nodes to be looked at",
      observe: async () => uncordonAgain(await context.cluster.listNodes(), context),
      describe: listed,
      deadlineMs: context.deadlinesMs.api,
      ...pace(context, "looking at the nodes"),
    },
    watchRefusals(context.clock),
  );
}

/**
 * Waits until every node and operator has shown life since the boot. Nodes have to; operators that
 * have nothing to say before the deadline are reported as unproven.
 */
export function waitForFreshness(
  context: ReviveContext,
  renewTimesBefore: RenewTimes,
): Promise<Freshness> {
  return context.step("freshness", async () => {
    const deadlineMs = context.deadlinesMs.freshness;
    const started = context.clock.now().getTime();
    const isOver = () => context.clock.now().getTime() - started >= deadlineMs;
    const value = await waitForAnswer(
      {
        what: "all nodes and operators to report this boot",
        observe: () => observeFreshness(context, renewTimesBefore),
        isDone: ({ isProven, nodes }) =>
          isProven || (isOver() && nodes.every((node) => node.fresh)),
        describe: describeFreshness,
        deadlineMs,
        ...pace(context, "waiting for signs of this boot"),
      },
      watchRefusals(context.clock),
    );
    return { value, seen: describeFreshness(value) };
  });
}

async function observeFreshness(context: ReviveContext, renewTimesBefore: RenewTimes) {
  const { cluster, bootIdsBefore = {}, offAt } = context;
  const [nodes, operators, leases] = await Promise.all([
    cluster.listNodes(),
    cluster.listClusterOperators(),
    cluster.listLeases(),
  ]);
  return judgeFreshness({ nodes, operators, leases, bootIdsBefore, renewTimesBefore, offAt });
}

/** The last API to appear when OpenShift starts: it is served by a pod of the cluster itself. */
export function requireRouteApi(context: ReviveContext): Promise<void> {
  return context.step("route API", async () => {
    await waitForAnswer(
      {
        what: "route.openshift.io among the API groups",
        observe: () => context.cluster.listApiGroupVersions(),
        isDone: (versions) => versions.some(isRouteApi),
        describe: (versions) => `${versions.length} group versions without it`,
        deadlineMs: context.deadlinesMs.api,
        ...pace(context, "waiting for the route API"),
      },
      watchRefusals(context.clock),
    );
    return { value: undefined, seen: "route.openshift.io is served" };
  });
}

function isRouteApi(groupVersion: string): boolean {
  return groupVersion.startsWith("route.openshift.io/");
}
