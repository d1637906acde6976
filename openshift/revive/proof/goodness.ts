import { judgeFreshness, leaseKey, type Freshness, type FreshnessFacts } from "../freshness";
import { isCordoned } from "../../nodes/nodes";
import { assessStability } from "../../stability/stability";
import type { ApiService, Condition, MachineConfigPool } from "../../api/types";

/** Everything that one look at a cluster brings. */
export interface ProofFacts extends FreshnessFacts {
  /** Nodes that were captured; every one has to be there. */
  names: readonly string[];
  /** Nodes that are to stay cordoned. */
  cordonedBefore: readonly string[];
  /** Undefined when they may not be read. */
  pools: readonly MachineConfigPool[] | undefined;
  /** Undefined when they may not be read. */
  apiServices: readonly ApiService[] | undefined;
  /** Requests for certificates that may be approved and are not yet. */
  csrsWaiting: number;
}

/** What speaks against the cluster at one moment. */
export interface Goodness {
  /** What is not as it should be. */
  problems: string[];
  /** Operators that look healthy, by a report that may be yesterday's. */
  unproven: string[];
}

/**
 * Judges nodes, operators, machine config pools and API services at one moment. Whether a kubelet's
 * lease goes on cannot be seen in a moment: the period tells, unless the node has no other boot to
 * show that its report is of today.
 */
export function judgeGoodness(facts: ProofFacts): Goodness {
  const { stable, reasons } = assessStability(facts.operators);
  const freshness = judgeFreshness({ ...facts, renewTimesBefore: exceptKnownBoots(facts) });
  const operators = stable || reasons.length > 0 ? [] : ["the list of operators is empty"];
  return {
    problems: [
      ...nodeProblems(facts, freshness),
      ...operators,
      ...reasons.map(({ operator, what }) => `${operator} ${what}`),
      ...(facts.pools ?? []).flatMap((pool) => poolProblems(pool, facts.cordonedBefore.length)),
      ...(facts.apiServices ?? []).filter((it) => !isAvailable(it)).map(describeApiService),
      ...(facts.csrsWaiting > 0 ? [`${facts.csrsWaiting} certificate requests wait`] : []),
    ],
    unproven: freshness.operators.filter((it) => it.state === "unproven").map((it) => it.name),
  };
}

function exceptKnownBoots({ nodes, bootIdsBefore, renewTimesBefore }: ProofFacts) {
  const known = new Set(
    nodes
      .map((node) => node.metadata.name)
      .filter((name) => bootIdsBefore[name])
      .map((name) => leaseKey({ metadata: { namespace: "kube-node-lease", name } })),
  );
  return Object.fromEntries(Object.entries(renewTimesBefore).filter(([key]) => !known.has(key)));
}

function nodeProblems({ nodes, names, cordonedBefore }: ProofFacts, freshness: Freshness) {
  const present = new Set(nodes.map((node) => node.metadata.name));
  const cordoned = nodes.filter(
    (node) => isCordoned(node) && !cordonedBefore.includes(node.metadata.name),
  );
  return [
    ...(nodes.length === 0 ? ["the list of nodes is empty"] : []),
    ...names.filter((name) => !present.has(name)).map((name) => `there is no Node ${name}`),
    ...freshness.nodes
      .filter((node) => !node.fresh)
      .map((node) => `${node.name} ${node.reasons.join(" and ")}`),
    ...cordoned.map((node) => `${node.metadata.name} is cordoned`),
  ];
}

/** Machines of nodes that stay cordoned are never ready to the machine config operator. */
function poolProblems({ metadata, status }: MachineConfigPool, cordoned: number): string[] {
  const is = (type: string) => conditionOf(status?.conditions, type) === "True";
  const missing = (status?.machineCount ?? 0) - (status?.readyMachineCount ?? 0);
  const problems = [
    ...(is("Degraded") || (status?.degradedMachineCount ?? 0) > 0 ? ["is degraded"] : []),
    ...(is("Updating") ? ["is updating"] : []),
    ...(missing > cordoned
      ? [`has ${status?.readyMachineCount ?? 0} of ${status?.machineCount ?? 0} machines ready`]
      : []),
  ];
  return problems.map((problem) => `machine config pool ${metadata.name} ${problem}`);
}

function isAvailable({ status }: ApiService): boolean {
  return conditionOf(status?.conditions, "Available") === "True";
}

function describeApiService({ metadata }: ApiService): string {
  return `API service ${metadata.name} is not available`;
}

function conditionOf(conditions: readonly Condition[] | undefined, type: string) {
  return conditions?.find((condition) => condition.type === type)?.status;
}
