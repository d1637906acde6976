import { bootIdOf, isReady } from "../nodes/nodes";
import type { ClusterOperator, Lease, Node } from "../api/types";

/** What is known from before, and what the cluster says now. */
export interface FreshnessFacts {
  nodes: readonly Node[];
  operators: readonly ClusterOperator[];
  /** Of all namespaces. */
  leases: readonly Lease[];
  /** Node → boot id at the capture; a node that is not named has nothing to differ from. */
  bootIdsBefore: Record<string, string>;
  /** {@link leaseKey} → renew time when the revive began. */
  renewTimesBefore: Record<string, string>;
  /** A moment at which the whole cluster was off: whatever moved later moved after the boot. */
  offAt: Date;
}

/** Whether what the cluster reports is of this boot or of before the shutdown. */
export interface Freshness {
  nodes: NodeFreshness[];
  operators: OperatorFreshness[];
  /** Every node and every operator proven. */
  isProven: boolean;
}

/** A node's report is fresh when it names another boot and its kubelet's lease goes on. */
export interface NodeFreshness {
  name: string;
  fresh: boolean;
  bootId: string;
  /** Why it is not fresh. */
  reasons: string[];
}

/** `unproven`: nothing of the operator moved since the boot, so its health may be yesterday's. */
export interface OperatorFreshness {
  name: string;
  state: "fresh" | "unproven";
  /** The newest sign of life, ISO 8601, and what gave it. */
  lastSign?: { at: string; from: string };
}

const leaseNamespace = "kube-node-lease";

/** `namespace/name`. */
export function leaseKey({ metadata }: Lease): string {
  return `${metadata.namespace ?? ""}/${metadata.name}`;
}

/** Judges every node and every operator. No nodes or no operators prove nothing. */
export function judgeFreshness(facts: FreshnessFacts): Freshness {
  const nodes = facts.nodes.map((node) => judgeNode(node, facts));
  const operators = facts.operators.map((operator) => judgeOperator(operator, facts));
  return {
    nodes,
    operators,
    isProven:
      nodes.length > 0 &&
      operators.length > 0 &&
      nodes.every((node) => node.fresh) &&
      operators.every((operator) => operator.state === "fresh"),
  };
}

function judgeNode(node: Node, facts: FreshnessFacts): NodeFreshness {
  const name = node.metadata.name;
  const bootId = bootIdOf(node);
  const renewed = facts.leases.find(
    (lease) => lease.metadata.namespace === leaseNamespace && lease.metadata.name === name,
  )?.spec?.renewTime;
  const reasons: string[] = [];
  if (!isReady(node)) reasons.push("not Ready");
  if (bootId !== "" && bootId === facts.bootIdsBefore[name]) {
    reasons.push("still reports the boot of before the capture");
  }
  // compared with what it was, not with our clock, which need not agree with the node's
  if (renewed === undefined) reasons.push("has no lease");
  else if (renewed === facts.renewTimesBefore[`${leaseNamespace}/${name}`]) {
    reasons.push(`lease not renewed since ${renewed}`);
  }
  return { name, fresh: reasons.length === 0, bootId, reasons };
}

function judgeOperator(operator: ClusterOperator, facts: FreshnessFacts): OperatorFreshness {
  const name = operator.metadata.name;
  const signs = signsOfLife(operator, facts);
  const last = signs.reduce<(typeof signs)[number] | undefined>(
    (newest, sign) => (newest && newest.time >= sign.time ? newest : sign),
    undefined,
  );
  if (!last) return { name, state: "unproven" };
  return {
    name,
    state: signs.some((sign) => sign.isNew) ? "fresh" : "unproven",
    lastSign: { at: new Date(last.time).toISOString(), from: last.from },
  };
}

/**
 * Transitions of its conditions, and the leases in the namespaces that it says are its own. A lease
 * that is renewed under our eyes is new whatever the cluster's clock says; the rest goes by dates.
 */
function signsOfLife(
  operator: ClusterOperator,
  { leases, offAt, renewTimesBefore }: FreshnessFacts,
) {
  const related = operator.status?.relatedObjects ?? [];
  const namespaces = new Set(
    related.map((o) => (o.resource === "namespaces" ? o.name : o.namespace)),
  );
  const isLater = (time: number) => time > offAt.getTime();
  const transitions = (operator.status?.conditions ?? []).map((condition) => {
    const time = Date.parse(condition.lastTransitionTime ?? "");
    return { time, from: `condition ${condition.type}`, isNew: isLater(time) };
  });
  const renewals = leases
    .filter((lease) => namespaces.has(lease.metadata.namespace))
    .map((lease) => {
      const renewed = lease.spec?.renewTime ?? "";
      const time = Date.parse(renewed);
      const first = renewTimesBefore[leaseKey(lease)];
      const isNew = isLater(time) || (first !== undefined && first !== renewed);
      return { time, from: `lease ${leaseKey(lease)}`, isNew };
    });
  return [...transitions, ...renewals].filter((sign) => !Number.isNaN(sign.time));
}

/** The judgement as one short line. */
export function describeFreshness({ nodes, operators }: Freshness): string {
  if (nodes.length === 0 || operators.length === 0) return "nothing is reported yet";
  const stale = nodes.filter((node) => !node.fresh);
  const unproven = operators.filter((operator) => operator.state === "unproven");
  const parts = [
    ...stale.map((node) => `${node.name} ${node.reasons.join(" and ")}`),
    ...(unproven.length > 0
      ? [`${unproven.length} of ${operators.length} operators unproven: ${named(unproven)}`]
      : []),
  ];
  if (parts.length > 0) return parts.join("; ");
  return `${nodes.length} nodes and ${operators.length} operators report this boot`;
}

function named(operators: OperatorFreshness[]): string {
  const names = operators.slice(0, 3).map((operator) => operator.name);
  return operators.length > 3 ? `${names.join(", ")}, …` : names.join(", ");
}
