import type { Clock } from "../../common/clock";
import type { PhaseRecord } from "../../snapset/manifest";

/** Runs phases one after the other and keeps when each began and ended, and its evidence. */
export interface PhaseRecorder {
  /**
   * @param work returns the phase's evidence, in words, beside its result
   */
  run<T>(name: string, work: () => Promise<{ result: T; evidence: string }>): Promise<T>;
}

/**
 * @param records the phases of an earlier, interrupted run stay in it; new ones are added
 */
export function recordPhases(
  records: PhaseRecord[],
  clock: Clock,
  report: (line: string) => void,
): PhaseRecorder {
  return {
    run: async (name, work) => {
      const startedAt = clock.now().toISOString();
      report(name);
      const { result, evidence } = await work();
      records.push({ name, startedAt, endedAt: clock.now().toISOString(), evidence });
      return result;
    },
  };
}
