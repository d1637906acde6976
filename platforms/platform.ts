import type { Journal, StoredJournal } from "../snapset/capture/journal";
import type { CapturedMember } from "../snapset/capture/member";
import type { CaptureProgress } from "../snapset/capture/progress";
import type { Environment } from "../snapset/environment/environment";
import type { Manifest, ManifestMember, PhaseRecord } from "../snapset/manifest";
import type { PlatformName } from "../snapset/platforms";
import type { RestoreOrder } from "../snapset/restoreOrder";
import type { SnapsetRecord } from "../snapset/sets";
import type { Instance } from "../snapset/snapsetData";
import type { OpenJournal } from "./capture/journal";
import type { PhaseRecorder } from "./capture/phases";
import type { CaptureInputs } from "./capture/types";
import type { ClusterInputs } from "./cluster/inputs";
import type { RunContext } from "./context";

/** What a member runs on, and how it is captured and restored there. */
export interface Platform {
  readonly name: PlatformName;
  /**
   * Finds the members, and everything about them that is known to fail. Changes nothing.
   *
   * @param instances those of the capture that run here
   * @param own the capture's journal, where an earlier run has left one
   */
  observe(
    inputs: CaptureInputs,
    instances: readonly Instance[],
    own: Journal | undefined,
  ): Promise<Observed>;
  /**
   * The reverse of {@link Observed.quiesce}: brings back what a capture brought to rest.
   *
   * @param progress is kept up to date
   * @returns what was done, in words
   */
  resume(source: Source, progress: CaptureProgress): Promise<string>;
  /**
   * Removes what a set holds here, but for what makes it a set; only what carries its identity.
   *
   * @returns what was deleted, in words
   */
  remove(set: SetIdentity): Promise<string>;
  /**
   * Puts members back to a set, or on other machines; goes on where an interrupted run stopped.
   *
   * @returns what was done; nothing when all is as it should be
   */
  restore(order: RestoreOrder): Promise<PhaseRecord[]>;
  /**
   * What has to be said of a restore before it begins, as sentences; changes nothing.
   *
   * @throws {InputError} with everything that speaks against it
   */
  foresee(order: RestoreOrder): Promise<string[]>;
  /**
   * Takes back what a restore has made beside what was there: machines that exist for it alone. Only
   * what carries the restore's mark.
   *
   * @returns what was done, in words
   */
  release(order: RestoreOrder): Promise<string>;
}

/** The members of a capture that run on one platform, found. */
export interface Observed {
  readonly members: readonly CapturedMember[];
  /** How many of what, e.g. `2 servers`. */
  readonly things: string;
  /** Why they cannot be captured, as sentences. */
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
  /**
   * Brings them to rest, off or frozen; what it changes stands in the journal first. Absent when
   * they are captured as they are.
   */
  quiesce?(run: CaptureRun): Promise<string>;
  /** Takes over what an interrupted run has made, and removes what is not what it was any more. */
  adopt(run: CaptureRun): Promise<Adopted>;
  /**
   * Makes what the set holds of each member, in parallel, and waits until all is whole.
   *
   * @returns how it went, in words
   * @throws {CaptureFailure} naming every member that failed
   */
  capture(run: CaptureRun): Promise<string>;
  /**
   * Reads everything once more, and describes it for the manifest.
   *
   * @throws {CaptureFailure} naming each member that is not as it must be
   */
  verify(run: CaptureRun): Promise<ManifestMember[]>;
}

/** What was left of an interrupted run. */
export interface Adopted {
  /** Members that it had begun. */
  found: number;
  /** … of which so many are begun anew. */
  stale: number;
  evidence: string;
}

/** A capture that has begun. */
export interface CaptureRun {
  /** Its instances are all of the set's, whatever they run on. */
  inputs: CaptureInputs;
  journal: OpenJournal;
  /** The name of the member that carries the manifest; it alone is tagged by the commit. */
  anchor: string;
}

/** What says which images and snapshots are a set's. */
export interface SetIdentity {
  snapId: string;
  instances: Pick<Instance, "name" | "uuid" | "platform">[];
  deadlines: { stop: number };
}

/** The source of a capture, as far as giving it back needs to know it. */
export interface Source extends SetIdentity {
  instances: Instance[];
  cluster: ClusterInputs | null;
}

/** Where sets and the journals of captures are kept. */
export interface SetStore {
  /** The journals of all captures that are under way or were interrupted. */
  listJournals(): Promise<StoredJournal[]>;
  /** @returns the id under which it is kept */
  createJournal(journal: Journal): Promise<string>;
  saveJournal(id: string, journal: Journal): Promise<void>;
  /** One that is gone already is fine. */
  deleteJournal(id: string): Promise<void>;
  /** The manifest of a committed set; undefined when there is none. */
  readManifest(snapId: string): Promise<Manifest | undefined>;
  /** Makes the set one, in one write; from here on it exists. */
  commit(manifest: Manifest, anchor: CapturedMember): Promise<void>;
  /** The reverse, so that nobody selects a set that is going away. */
  uncommit(set: SetIdentity): Promise<void>;
  /**
   * Whether there is room for what the set will hold beside what it holds already.
   *
   * @param own its journal, where an earlier run has left one
   * @returns what the store's quotas say against it, as sentences
   */
  judgeRoom(
    set: Pick<SetIdentity, "snapId" | "instances">,
    own: Journal | undefined,
  ): Promise<string[]>;
  /** The sets that can be seen; those named `snapId`, if any is. */
  listSets(snapId?: string): Promise<SnapsetRecord[]>;
}

/** Where a capture takes place: the store of its set, and the platforms whose members it can hold. */
export interface Site extends RunContext {
  readonly store: SetStore;
  readonly platforms: Partial<Record<PlatformName, Platform>>;
  /** The site's own time; the machine's clock may be wrong. */
  now(): Date;
  /**
   * The members of a capture; those that are named are it.
   *
   * @throws {InputError} when there are none, or not all
   */
  findInstances(inputs: Pick<CaptureInputs, "snapId" | "instances">): Promise<Instance[]>;
  /** Whether nothing can be done any more, given back either, because nobody answers. */
  isOutOfReach(error: unknown): boolean;
  /** The environment to store with the set, and what of the real one is not in it, as sentences. */
  describe(
    parts: readonly Observed[],
    inputs: CaptureInputs,
  ): Promise<{ environment: Environment | null; findings: string[] }>;
  /** Brings the cluster inside the members to rest, before they are. */
  quiesceCluster(run: CaptureRun, phases: PhaseRecorder): Promise<void>;
}
