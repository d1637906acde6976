import type { PhaseRecord } from "../../../snapset/manifest";
import type { Readiness } from "../../../snapset/reset/preflight";
import type { ResetNode } from "../../../snapset/reset/resetNode";

/** Servers that are to be back at a set. */
export interface ResetOrder {
  /** The set that the environment is to be at. */
  snapId: string;
  /** Any text; another one asks for another reset. */
  trigger: string;
  nodes: ResetNode[];
  /** What becomes of servers that run. */
  readiness: Readiness;
  /** Milliseconds, for the servers to be back; and once more for them to start. */
  deadline: number;
}

/** Inputs of the Reset resource. */
export interface ResetInputs extends ResetOrder {
  /** The resource's own URN, for its row of progress. */
  selfUrn: string;
}

/** Outputs of the Reset resource. */
export interface ResetOutputs extends ResetInputs {
  schemaVersion: number;
  phase: "unfinished" | "whole";
  /** What the last reset did, and when; empty when there was nothing to put back. */
  phases: PhaseRecord[];
}
