import type { OperatorState } from "./clusterState";

/** What an operator does instead of what it should. */
export interface OperatorFault {
  /** Fixed conditions, e.g. `{ Degraded: "True" }`. */
  conditions?: Partial<Record<"Available" | "Progressing" | "Degraded", "True" | "False">>;
  /** Available=True and =False in turn, each for so long (the world's milliseconds). */
  flapMs?: number;
  /** Reports nothing new: conditions and lease stay as they were when the fault began. */
  stale?: boolean;
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
  readonly #operators = new Map<string, ArmedOperatorFault>();
  readonly #ignoring = new Set<string>();
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
}
