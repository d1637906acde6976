import { messageOf } from "../../common/errors";
import { journalOf } from "../../snapset/capture/journal";
import { anchorOf, type Member } from "../../snapset/capture/member";
import type { CaptureProgress } from "../../snapset/capture/progress";
import type { Manifest } from "../../snapset/manifest";
import type { Context } from "../context";
import { recordPhases, type PhaseRecorder } from "./phases";
import { adoptMembers } from "../nova/adopt";
import { commit, committedManifest } from "../glance/commit";
import { discover, type DiscoveredEnvironment } from "../nova/discovery/discover";
import { resumeSource } from "../nova/giveBack";
import { openJournal, type OpenJournal } from "./journal";
import { makeMembers } from "../nova/makeMembers";
import { observeImages, observeJournals } from "../nova/observe";
import { preflight } from "../nova/preflight";
import { quiesceCluster } from "../cluster/quiesce";
import { CaptureStopped, settle } from "./settle";
import { stopServers } from "../nova/stop";
import type { CaptureInputs } from "./types";
import { verify } from "../nova/verify";

/** A committed set, and what was done for it. */
export interface CaptureResult {
  manifest: Manifest;
  progress: CaptureProgress;
}

/**
 * The phases of a capture, one after the other. Each looks at the cloud first and does what is
 * missing, so a run after an interrupted one goes on where that stopped.
 *
 * @param kept progress from the stack's state, of a capture that was begun before
 * @returns the set's manifest, and what was done
 * @throws {InputError} when nothing was begun
 * @throws {CaptureStopped} in all other cases
 */
export async function runCapture(
  inputs: CaptureInputs,
  kept: CaptureProgress | null,
  context: Context,
): Promise<CaptureResult> {
  const { members: images } = await observeImages(context, inputs.snapId, inputs.instances);
  const manifest = committedManifest(images.values(), inputs.snapId);
  if (manifest !== undefined) return finishCommitted(manifest, inputs, kept, context);
  const begun = new Set(images.keys());
  const { journal, members, parallel, environment } = await begin(inputs, kept, context);
  const bounded = { ...inputs, parallelImages: parallel, environment };
  const made = await makeOrSettle(members, begun, bounded, journal, context);
  return finishOrSay(made, inputs, journal, context);
}

async function makeOrSettle(
  members: readonly Member[],
  begun: ReadonlySet<string>,
  inputs: CaptureInputs,
  journal: OpenJournal,
  context: Context,
): Promise<Manifest> {
  try {
    return await makeSet(members, begun, inputs, journal, phasesOf(journal, context), context);
  } catch (error) {
    throw await settle(error, inputs, journal, context);
  }
}

/** What is left to do once the set is committed; a failure here takes nothing of the set back. */
async function finishOrSay(
  manifest: Manifest,
  inputs: CaptureInputs,
  journal: OpenJournal,
  context: Context,
): Promise<CaptureResult> {
  try {
    if (inputs.afterCapture === "resume") {
      await phasesOf(journal, context).run("resume", async () => {
        const evidence = await resumeSource(inputs, journal.progress, context);
        return { result: undefined, evidence };
      });
    }
    await journal.close();
    return { manifest, progress: journal.progress };
  } catch (error) {
    const reasons = [messageOf(error), committedWaysOut(inputs)];
    throw new CaptureStopped(journal.progress, false, reasons, error);
  }
}

interface Begun extends Pick<DiscoveredEnvironment, "environment"> {
  journal: OpenJournal;
  members: Member[];
  /** Images under way at a time. */
  parallel: number;
}

/** Everything up to the first change, and the journal, which is that change. */
async function begin(
  inputs: CaptureInputs,
  kept: CaptureProgress | null,
  context: Context,
): Promise<Begun> {
  context.report("preflight");
  const startedAt = context.cloud.now();
  const found = await preflight(inputs, startedAt, context);
  context.report("discovery");
  const { environment, findings } = await discover(found, inputs, context);
  [...found.warnings, ...findings].forEach(context.warn);
  const journal = await openJournal(inputs, found.journals, kept, context);
  journal.progress.timings.push({
    name: "preflight",
    startedAt: startedAt.toISOString(),
    endedAt: context.cloud.now().toISOString(),
    evidence: `${found.members.length} servers can be captured`,
  });
  const parallel = Math.min(inputs.parallelImages, found.maxUploads ?? Infinity);
  return { journal, members: found.members, parallel, environment };
}

async function makeSet(
  members: readonly Member[],
  begun: ReadonlySet<string>,
  inputs: CaptureInputs,
  journal: OpenJournal,
  phases: PhaseRecorder,
  context: Context,
): Promise<Manifest> {
  await quiesceCluster(members, inputs, journal, phases, context);
  if (inputs.consistency === "shutdown") {
    await phases.run("stop", async () => {
      const { stop } = inputs.deadlines;
      const evidence = await stopServers(members, begun, stop, journal, context);
      return { result: undefined, evidence };
    });
  }
  const isAdopted = journal.isFound && (await adopt(members, inputs, phases, context));
  // Now everything is off; where nothing has run since, it was so already for an earlier run.
  if (!isAdopted) journal.progress.capturedAt = context.cloud.now().toISOString();
  await journal.save();
  const dated = members.map((member) => withDate(member, journal.progress));
  const made = await phases.run("images", async () => {
    const result = await makeMembers(dated, inputs, journal, context);
    return { result, evidence: madeEvidence(result) };
  });
  const manifest = await phases.run("verify", async () => {
    const result = await verify(dated, made, inputs, journal.progress, context);
    return { result, evidence: `${result.members.length} members with size and checksum` };
  });
  await phases.run("commit", async () => {
    await commit(manifest, dated, context);
    return { result: undefined, evidence: `manifest on ${anchorOf(dated).instance.name}` };
  });
  return manifest;
}

/** @returns whether all that an interrupted run has left was taken over, and it had come so far */
function adopt(
  members: readonly Member[],
  inputs: CaptureInputs,
  phases: PhaseRecorder,
  context: Context,
): Promise<boolean> {
  return phases.run("adopt", async () => {
    const { stale, found, evidence } = await adoptMembers(members, inputs, context);
    return { result: found > 0 && stale === 0, evidence };
  });
}

function madeEvidence({ images, snapshots }: Awaited<ReturnType<typeof makeMembers>>): string {
  const made = `${images.size} images active, no task running`;
  return snapshots.size === 0 ? made : `${made}; ${snapshots.size} snapshots available`;
}

/** Tags and properties of all members bear the moment at which all was off. */
function withDate(member: Member, { capturedAt }: CaptureProgress): Member {
  return { ...member, identity: { ...member.identity, capturedAt: new Date(capturedAt) } };
}

/** A run before this one has committed the set, and nobody was told. */
async function finishCommitted(
  manifest: Manifest,
  inputs: CaptureInputs,
  kept: CaptureProgress | null,
  context: Context,
): Promise<CaptureResult> {
  const journals = await observeJournals(context);
  if (journalOf(inputs.snapId, journals) === undefined)
    return { manifest, progress: kept ?? progressOf(manifest) };
  const journal = await openJournal(inputs, journals, kept, context);
  return finishOrSay(manifest, inputs, journal, context);
}

function progressOf({ capturedAt, phases, notAfter, cluster }: Manifest): CaptureProgress {
  return { capturedAt, timings: phases, notAfter, cluster, stopped: {}, quiesced: false };
}

function phasesOf({ progress }: OpenJournal, { cloud, report }: Context): PhaseRecorder {
  return recordPhases(progress.timings, () => cloud.now(), report);
}

function committedWaysOut({ snapId }: CaptureInputs): string {
  return `set ${snapId} is committed, but its source is not back. \`pulumi up\` goes on with that`;
}
