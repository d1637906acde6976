import type { RunStrategy, VirtualMachineSpec } from "../types";

/** A machine's run strategy, which may be written as `running`. */
export function runStrategyOf({ running, runStrategy }: VirtualMachineSpec): RunStrategy {
  if (running !== undefined) return running ? "Always" : "Halted";
  return runStrategy ?? "Halted";
}

/** The specification with which a machine runs or is halted, in the form that it is written in. */
export function withRunning(spec: VirtualMachineSpec, isRunning: boolean): VirtualMachineSpec {
  if (spec.running !== undefined) return { ...spec, running: isRunning };
  return { ...spec, runStrategy: isRunning ? "Always" : "Halted" };
}
