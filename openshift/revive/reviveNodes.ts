import { formatSeconds } from "../../common/errors";
import type { CsrFacts } from "../csr/judgeCsr";
import type { CsrPass } from "../csr/CsrApprovals";
import { ClusterStateError } from "../api/errors";
import { leaseKey } from "./freshness";
import { bootIdOf, describeNotReady, isReady } from "../nodes/nodes";
import type { ReviveContext } from "./revive";
import { pace } from "./revivePace";
import { watchRefusals } from "../api/startingRefusals";
import { waitForAnswer } from "../api/tolerate";
import type { Lease, Node } from "../api/types";

/** {@link leaseKey} → renew time. */
export type RenewTimes = Record<string, string>;

/** What is known when every node is up. */
export interface NodesUp {
  nodes: Node[];
  /** Each lease's renew time as it was first seen. */
  renewTimes: RenewTimes;
}

interface Look {
  nodes: Node[];
  csrs: CsrPass;
}

/** A serving certificate is asked for within seconds of the client certificate. */
const quietMs = 10_000;

/**
 * Waits until every node is Ready and its kubelet has reported in this boot, and approves the
 * certificates that kubelets need for that. Where some were approved, it waits until no more were
 * asked for during 10 s.
 */
export function waitForNodes(context: ReviveContext): Promise<NodesUp> {
  return context.step("nodes Ready", async () => {
    const startedAt = context.clock.now().getTime();
    const mayPass = watchRefusals(context.clock);
    let first: RenewTimes | undefined;
    const look = await waitForAnswer<Look>(
      {
        what: "all nodes to be Ready",
        observe: async () => {
          first ??= renewTimes(await context.cluster.listLeases());
          const nodes = await context.cluster.listNodes();
          const csrs = await context.csrs.pass(csrFacts(nodes, context));
          refuseLost({ nodes, csrs }, context, startedAt);
          return { nodes, csrs };
        },
        isDone: (seen) => isOver(seen, context),
        describe: (seen) => describeLook(seen, context),
        deadlineMs: context.deadlinesMs.nodes,
        ...pace(context, "waiting for nodes"),
      },
      mayPass,
    );
    const value = { nodes: look.nodes, renewTimes: first ?? {} };
    return { value, seen: describeLook(look, context) };
  });
}

/**
 * A kubelet whose certificate has expired asks for a new one as soon as the API answers, with its
 * bootstrap credential. When none does, that has expired as well, and waiting brings nothing.
 */
function refuseLost({ nodes, csrs }: Look, context: ReviveContext, startedAt: number): void {
  const { expiredAt, clock, deadlinesMs } = context;
  const waitedMs = clock.now().getTime() - startedAt;
  if (expiredAt === undefined || waitedMs < deadlinesMs.kubelets) return;
  const isAsked = csrs.waiting > 0 || csrs.lastApprovedAt !== undefined;
  if (isAsked || nodes.some((node) => isUp(node, context))) return;
  throw new ClusterStateError("the cluster cannot come back", [
    `its certificates expired at ${expiredAt.toISOString()}`,
    `${formatSeconds(waitedMs)} after the API answered no node is Ready and no kubelet has asked for a new certificate`,
    "kubelets ask with their bootstrap credential, so that has expired as well, as it does in a set that was captured before the first rotation: restore another set",
    ...context.csrs.evidence().refused.map(({ name, reasons }) => {
      return `certificate request ${name} was refused: ${reasons.join(", ")}`;
    }),
  ]);
}

/** The manifest's nodes are the set's; without a manifest those that the cluster has. */
export function csrFacts(nodes: readonly Node[], context: ReviveContext): CsrFacts {
  const captured = Object.keys(context.bootIdsBefore ?? {});
  return {
    nodes,
    names: captured.length > 0 ? captured : nodes.map((node) => node.metadata.name),
    isUp: (node) => isUp(node, context),
  };
}

function isOver({ nodes, csrs }: Look, context: ReviveContext): boolean {
  const now = context.clock.now().getTime();
  const isQuiet = csrs.lastApprovedAt === undefined || now - csrs.lastApprovedAt >= quietMs;
  const areUp = nodes.length > 0 && nodes.every((node) => isUp(node, context));
  return areUp && csrs.waiting === 0 && isQuiet;
}

function isUp(node: Node, { bootIdsBefore }: ReviveContext): boolean {
  return isReady(node) && bootIdOf(node) !== bootIdsBefore?.[node.metadata.name];
}

function describeLook({ nodes }: Look, context: ReviveContext): string {
  const missing = nodes
    .filter((node) => !isUp(node, context))
    .map((node) => {
      const why = isReady(node) ? "reports the boot of before the capture" : describeNotReady(node);
      return `${node.metadata.name} ${why}`;
    });
  const count = `${nodes.length - missing.length} of ${nodes.length} nodes Ready`;
  const certificates = context.csrs.describe();
  return [count, ...missing, ...(certificates === "" ? [] : [certificates])].join(", ");
}

function renewTimes(leases: Lease[]): RenewTimes {
  return Object.fromEntries(leases.map((l) => [leaseKey(l), l.spec?.renewTime ?? ""]));
}
