import type { OperatorState } from "./clusterState";

/** What an operator does instead of what it should. */
export interface OperatorFault {
  /** Fixed conditions, e.g. `{ Degraded: "True" }`. */
  conditions?: Partial<Record<"Available" | "Progressing" | "Degraded", "True" | "False">>;
  /** Available=True and =False in turn, each for so long (the world's milliseconds). */
  flapMs?: number;
  /** Conditions that it does not report at all. */
  missing?: ("Available" | "Progressing" | "Degraded")[];
  /** Reports nothing new: conditions and lease stay as they were when the fault began. */
  stale?: boolean;
}

/** A pod of somebody's; a bare one has no controller that would make it anew. */
export interface SomebodysPod {
  namespace: string;
  name: string;
  node: string;
  isBare?: boolean | undefined;
}

/** What is wrong with new pods on a node. */
export interface PodFault {
  /** From a pod's creation until its container starts, in the world's milliseconds. */
  startMs?: number | undefined;
  /** Its image cannot be pulled. */
  isPullFailing?: boolean | undefined;
}

interface ArmedOperatorFault extends OperatorFault {
  since: number;
  frozen: OperatorState | undefined;
}

/** What is wrong with one cluster. Faults of single requests are the world's (`service: "openshift"`). */
export class ClusterFaults {
  /** ClusterOperators are listed as none at all. */
  hasEmptyOperatorList = false;
  /** By how much the clocks of all nodes are ahead. */
  clockSkewMs = 0;
  /** Pods that somebody runs beside those of every cluster. */
  readonly morePods: SomebodysPod[] = [];
  readonly #operators = new Map<string, ArmedOperatorFault>();
  readonly #ignoring = new Set<string>();
  readonly #budgets = new Map<string, string>();
  readonly #endingMs = new Map<string, number>();
  readonly #unreadable = new Set<string>();
  readonly #pods = new Map<string, PodFault>();
  #apiDownUntil = 0;

  /** @param frozen what it reports now, for a stale one */
  setOperator(name: string, fault: OperatorFault, now: number, frozen?: OperatorState): void {
    this.#operators.set(name, { ...fault, since: now, frozen });
  }

  clearOperator(name: string): void {
    this.#operators.delete(name);
  }

  takeApiDown(until: number): void {
    this.#apiDownUntil = until;
  }

  isApiDown(now: number): boolean {
    return now < this.#apiDownUntil;
  }

  setIgnoresShutdown(node: string, ignores: boolean): void {
    if (ignores) this.#ignoring.add(node);
    else this.#ignoring.delete(node);
  }

  ignoresShutdown(node: string): boolean {
    return this.#ignoring.has(node);
  }

  /** @param budget the name of the PodDisruptionBudget that forbids it to be evicted; null allows */
  setBudget(pod: string, budget: string | null): void {
    if (budget === null) this.#budgets.delete(pod);
    else this.#budgets.set(pod, budget);
  }

  budgetOf(pod: string): string | undefined {
    return this.#budgets.get(pod);
  }

  /** How long an evicted pod takes to end; undefined: as long as others. */
  setEnding(pod: string, ms: number): void {
    this.#endingMs.set(pod, ms);
  }

  endsSlowly(pod: string): number | undefined {
    return this.#endingMs.get(pod);
  }

  /** Reading a node's certificates brings nothing. */
  setUnreadable(node: string, isUnreadable: boolean): void {
    if (isUnreadable) this.#unreadable.add(node);
    else this.#unreadable.delete(node);
  }

  isUnreadable(node: string): boolean {
    return this.#unreadable.has(node);
  }

  /** What becomes of pods that are posted for a node. */
  setPods(node: string, fault: PodFault | null): void {
    if (fault === null) this.#pods.delete(node);
    else this.#pods.set(node, fault);
  }

  podFaultOf(node: string): PodFault {
    return this.#pods.get(node) ?? {};
  }

  /** An operator's report as its fault makes it. */
  apply(name: string, report: OperatorState, now: number): OperatorState {
    const fault = this.#operators.get(name);
    if (!fault) return report;
    if (fault.stale && fault.frozen) return fault.frozen;
    const conditions = { ...report.conditions };
    for (const [type, status] of Object.entries(fault.conditions ?? {})) {
      conditions[type as keyof typeof conditions] = { status, since: fault.since };
    }
    if (fault.flapMs !== undefined) {
      const turns = Math.floor((now - fault.since) / fault.flapMs);
      const status = turns % 2 === 0 ? "False" : "True";
      conditions.Available = { status, since: fault.since + turns * fault.flapMs };
    }
    return { ...report, conditions };
  }

  /** Whether an operator leaves a condition out. */
  isMissing(operator: string, condition: string): boolean {
    const missing: readonly string[] = this.#operators.get(operator)?.missing ?? [];
    return missing.includes(condition);
  }
}
