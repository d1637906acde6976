import { counted } from "../../common/counted";
import { listed } from "../../common/listed";
import type { CaptureInputs } from "../capture/types";
import type { Context } from "../context";
import type { CaptureRun, Observed, Platform } from "../platform";
import { adoptNodes } from "./adopt";
import { makeSnapshots } from "./makeSnapshots";
import { findNodes, type FoundNodes, type NodeMember } from "./preflight";
import { removeNodes } from "./remove";
import { preflightRestore } from "./restore/preflight";
import { releaseNodes } from "./restore/release";
import { restoreNodes } from "./restore/run";
import { resumeNodes } from "./resume";
import { stopNodes } from "./stop";
import { verifyNodes } from "./verify";

/** Bare-metal machines of Ironic, by its snapshot specification: an image of each root disk. */
export function ironicPlatform(context: Context): Platform {
  return {
    name: "ironic",
    observe: async (inputs, instances) =>
      new ObservedNodes(await findNodes(inputs, instances, context), inputs, context),
    resume: (source, progress) => resumeNodes(source, progress, context),
    remove: (set) => removeNodes(set, context),
    restore: (order) => restoreNodes(order, context),
    foresee: async (order) => {
      const { changed } = await preflightRestore(order, context);
      if (changed.length === 0) return [];
      return [`writes the disks anew of ${listed(changed)}; what is on them now is lost`];
    },
    release: (order) => releaseNodes(order, context),
  };
}

/** The machines of a capture, found. */
export class ObservedNodes implements Observed {
  readonly members: readonly NodeMember[];
  readonly things: string;
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
  /** Absent where machines are captured as they are: their snapshot netboots them. */
  readonly quiesce?: (run: CaptureRun) => Promise<string>;

  constructor(
    { members, problems, warnings }: FoundNodes,
    { consistency }: CaptureInputs,
    private readonly context: Context,
  ) {
    this.members = members;
    this.things = counted(members.length, "machine");
    this.problems = problems;
    this.warnings = warnings;
    if (consistency === "shutdown") this.quiesce = (run) => stopNodes(members, run, context);
  }

  adopt(run: CaptureRun) {
    return adoptNodes(this.members, run, this.context);
  }

  capture(run: CaptureRun) {
    return makeSnapshots(this.members, run, this.context);
  }

  verify(run: CaptureRun) {
    return verifyNodes(this.members, run, this.context);
  }
}
