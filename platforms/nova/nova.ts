import { counted } from "../../common/counted";
import type { CaptureProgress } from "../../snapset/capture/progress";
import type { Member } from "../../snapset/capture/member";
import type { RestoreOrder } from "../../snapset/restoreOrder";
import type { Instance } from "../../snapset/snapsetData";
import type { CaptureInputs } from "../capture/types";
import type { Context } from "../context";
import type { CaptureRun, Observed, Platform } from "../platform";
import { adoptMembers } from "./adopt";
import { makeMembers, madeEvidence, type MadeMembers } from "./makeMembers";
import { findServers, type FoundServers } from "./preflight";
import { removeMembers } from "./remove";
import { foreseeReset } from "./reset/preflight";
import { runReset } from "./reset/run";
import type { ResetOrder } from "./reset/types";
import { resumeServers } from "./resume";
import { stopServers } from "./stop";
import { verify } from "./verify";

/** Servers of Nova: an image of each, and snapshots of their volumes. */
export function novaPlatform(context: Context): Platform {
  return {
    name: "nova",
    observe: async (inputs, instances, own) => {
      const found = await findServers(inputs, instances, own, context);
      return new ObservedServers(found, inputs, instances, context);
    },
    resume: (source, progress) => resumeServers(source, progress, context),
    remove: (set) => removeMembers(set, context),
    restore: (order) => runReset(resetOf(order), order.isInterrupted, context),
    foresee: (order) => foreseeReset(resetOf(order), context),
    // Servers are the engine's to make and to delete.
    release: () => Promise.resolve("no server was made"),
  };
}

function resetOf({ members, ...order }: RestoreOrder): ResetOrder {
  const nodes = members.map(({ target, volumes, ...member }) => ({
    ...member,
    volumes: [...volumes],
    serverId: target,
  }));
  return { ...order, nodes };
}

/** The servers of a capture, found. */
export class ObservedServers implements Observed {
  readonly members: readonly Member[];
  readonly things: string;
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
  /** Names of the images that the servers were made from, by server, where they are there still. */
  readonly imageNames: ReadonlyMap<string, string>;
  /** Absent where servers are imaged as they are: then Nova freezes each itself, if it can. */
  readonly quiesce?: (run: CaptureRun) => Promise<string>;
  #made: MadeMembers | undefined;

  constructor(
    private readonly found: FoundServers,
    inputs: CaptureInputs,
    private readonly instances: readonly Instance[],
    private readonly context: Context,
  ) {
    this.members = found.members;
    this.things = counted(found.members.length, "server");
    this.problems = found.problems;
    this.warnings = found.warnings;
    this.imageNames = found.imageNames;
    if (inputs.consistency === "shutdown") {
      this.quiesce = ({ journal }) =>
        stopServers(this.members, found.begun, inputs.deadlines.stop, journal, context);
    }
  }

  adopt({ inputs }: CaptureRun) {
    return adoptMembers(this.members, this.own(inputs), this.context);
  }

  async capture(run: CaptureRun): Promise<string> {
    const members = this.dated(run.journal.progress);
    this.#made = await makeMembers(members, this.own(run.inputs), run, this.context);
    return madeEvidence(this.#made);
  }

  verify(run: CaptureRun) {
    if (this.#made === undefined) throw new RangeError("verified before it was captured");
    const members = this.dated(run.journal.progress);
    return verify(members, this.#made, this.own(run.inputs), run, this.context);
  }

  /** Tags and properties of all members bear the moment at which all was at rest. */
  private dated({ capturedAt }: CaptureProgress): Member[] {
    return this.members.map((member) => ({
      ...member,
      identity: { ...member.identity, capturedAt: new Date(capturedAt) },
    }));
  }

  /** A capture of these servers alone, as many at a time as Glance lets be uploaded. */
  private own(inputs: CaptureInputs): CaptureInputs {
    const { maxUploads = Infinity } = this.found;
    return {
      ...inputs,
      instances: [...this.instances],
      parallelImages: Math.min(inputs.parallelImages, maxUploads),
    };
  }
}
