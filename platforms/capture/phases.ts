import type { PhaseRecord } from "../../snapset/manifest";

/** Runs phases one after the other and keeps when each began and ended, and its evidence. */
export interface PhaseRecorder {
  /**
   * @param work returns the phase's evidence, in words, beside its result
   */
  run<T>(name: string, work: () => Promise<{ result: T; evidence: string }>): Promise<T>;
}

/**
 * @param now the cloud's time: it is stored
 * @param records the phases of an earlier, interrupted run stay in it; new ones are added
 */
export function recordPhases(
  records: PhaseRecord[],
  now: () => Date,
  report: (line: string) => void,
): PhaseRecorder {
  return {
    run: async (name, work) => {
      const startedAt = now().toISOString();
      report(name);
      const { result, evidence } = await work();
      records.push({ name, startedAt, endedAt: now().toISOString(), evidence });
      return result;
    },
  };
}
