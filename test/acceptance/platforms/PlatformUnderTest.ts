import type { SelectionOutputs } from "../../../dynamic/providers/selection";
import type { CaptureInputs, CaptureOutputs } from "../../../platforms/capture/types";
import type { PhaseRecord } from "../../../snapset/manifest";
import type { PlatformName } from "../../../snapset/platforms";
import type { Providers } from "../Providers";

/** Outputs of the resource that keeps members at a set. */
export interface RestoreOutputs {
  phase: "unfinished" | "whole";
  phases: PhaseRecord[];
}

/** A platform with members that can be captured, as the shared suite sees it. */
export interface PlatformUnderTest {
  readonly platform: PlatformName;
  /** The dynamic providers, called as the engine calls them. */
  readonly providers: Providers;
  /** The members' names, in order; both run at first. The first one is the anchor. */
  readonly members: readonly [string, string];
  /** What the program gives a capture of both. */
  capture(changes?: Partial<CaptureInputs>): CaptureInputs;
  /** What a first `up` of a restore chooses. */
  select(snapId: string): Promise<SelectionOutputs>;
  /** Brings both members back to a set in place, as an `up` does; `kept` is of the last one. */
  restore(set: CaptureOutputs, trigger: string, kept?: RestoreOutputs): Promise<RestoreOutputs>;
  /** Whether an `up` with this trigger would restore again. */
  wouldRestore(set: CaptureOutputs, trigger: string, kept: RestoreOutputs): Promise<boolean>;
  /** Writes something to a member's disk, which runs. */
  write(member: string, text: string): Promise<void>;
  /** What was written to a member's disk last; of one that is off, what its disk holds. */
  read(member: string): Promise<string | undefined>;
  /** The members that run. */
  running(): Promise<string[]>;
  /** Names of all that sets and captures have left where sets are kept. */
  kept(): Promise<string[]>;
  /** From now on no image of this member can be made. @returns what ends it */
  failImageOf(member: string): () => void;
  /** Somebody deletes what the set holds of a member. */
  loseImageOf(member: string): Promise<void>;
  /** Somebody deletes the member itself. */
  deleteMember(member: string): Promise<void>;
  /** How many calls so far have changed something. */
  changes(): number;
  close(): Promise<void>;
}
