import { messageOf } from "../../common/errors";
import { counted } from "../../common/counted";
import { listed } from "../../common/listed";
import { journalOf } from "../../snapset/capture/journal";
import { anchorOf } from "../../snapset/capture/member";
import type { CaptureProgress } from "../../snapset/capture/progress";
import { capturedEnvironment } from "../../snapset/environment/captured";
import { schemaVersion } from "../../snapset/identity";
import type { Manifest, ManifestMember } from "../../snapset/manifest";
import type { CaptureRun, Observed, Site } from "../platform";
import { CaptureFailure } from "./failure";
import { resumeSource } from "./giveBack";
import { openJournal } from "./journal";
import { recordPhases, type PhaseRecorder } from "./phases";
import { preflight } from "./preflight";
import { CaptureStopped, settle } from "./settle";
import type { CaptureInputs } from "./types";

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
  site: Site,
): Promise<CaptureResult> {
  const manifest = await site.store.readManifest(inputs.snapId);
  if (manifest !== undefined) return finishCommitted(manifest, inputs, kept, site);
  const { run, parts } = await begin(inputs, kept, site);
  const made = await makeOrSettle(run, parts, site);
  return finishOrSay(made, run, site);
}

async function makeOrSettle(
  run: CaptureRun,
  parts: readonly Observed[],
  site: Site,
): Promise<Manifest> {
  try {
    return await makeSet(run, parts, phasesOf(run, site), site);
  } catch (error) {
    throw await settle(error, run, site);
  }
}

/** What is left to do once the set is committed; a failure here takes nothing of the set back. */
async function finishOrSay(
  manifest: Manifest,
  run: Pick<CaptureRun, "inputs" | "journal">,
  site: Site,
): Promise<CaptureResult> {
  const { inputs, journal } = run;
  try {
    if (inputs.afterCapture === "resume") {
      await phasesOf(run, site).run("resume", async () => {
        const evidence = await resumeSource(inputs, journal.progress, site);
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

/** Everything up to the first change, and the journal, which is that change. */
async function begin(
  given: CaptureInputs,
  kept: CaptureProgress | null,
  site: Site,
): Promise<{ run: CaptureRun; parts: readonly Observed[] }> {
  site.report("preflight");
  const startedAt = site.now();
  const { parts, journals } = await preflight(given, site);
  const members = parts.flatMap((part) => part.members);
  site.report("discovery");
  const { environment, findings } = await site.describe(parts, given);
  [...parts.flatMap(({ warnings }) => warnings), ...findings].forEach(site.warn);
  const journal = await openJournal(given, journals, kept, site);
  journal.progress.timings.push({
    name: "preflight",
    startedAt: startedAt.toISOString(),
    endedAt: site.now().toISOString(),
    evidence: `${listed(parts.map(({ things }) => things))} can be captured`,
  });
  const anchor = anchorOf(members).instance.name;
  return { run: { inputs: { ...given, environment }, journal, anchor }, parts };
}

async function makeSet(
  run: CaptureRun,
  parts: readonly Observed[],
  phases: PhaseRecorder,
  site: Site,
): Promise<Manifest> {
  const { inputs, journal } = run;
  await site.quiesceCluster(run, phases);
  if (parts.some((part) => part.quiesce !== undefined)) {
    await phases.run(inputs.consistency === "shutdown" ? "stop" : "freeze", async () => {
      const evidence = await quiesceAll(parts, run);
      return { result: undefined, evidence: evidence.join("; ") };
    });
  }
  const isAdopted = await adopt(run, parts, phases, site);
  // Now everything is at rest; where nothing has run since, it was so already for an earlier run.
  if (!isAdopted) journal.progress.capturedAt = site.now().toISOString();
  await journal.save();
  await phases.run("images", async () => {
    const evidence = await together(parts, (part) => part.capture(run));
    return { result: undefined, evidence: evidence.join("; ") };
  });
  const manifest = await phases.run("verify", async () => {
    const members = (await together(parts, (part) => part.verify(run))).flat();
    const evidence = `${counted(members.length, "member")} read once more, all whole`;
    return { result: describeSet(members, run), evidence };
  });
  await phases.run("commit", async () => {
    const anchor = anchorOf(parts.flatMap(({ members }) => members));
    await site.store.commit(manifest, anchor);
    return { result: undefined, evidence: `manifest on ${run.anchor}` };
  });
  return manifest;
}

/** One platform after the other, the controller's last: the others may need its DNS to shut down. */
async function quiesceAll(parts: readonly Observed[], run: CaptureRun): Promise<string[]> {
  const hasController = ({ members }: Observed) =>
    members.some(({ instance }) => instance.role === "controller");
  const done: string[] = [];
  for (const part of parts.toSorted(
    (a, b) => Number(hasController(a)) - Number(hasController(b)),
  )) {
    if (part.quiesce !== undefined) done.push(await part.quiesce(run));
  }
  return done;
}

/**
 * Also without a journal something may be there: of a capture whose journal somebody deleted, or of
 * one that was given back while a request without an answer was still carried out.
 *
 * @returns whether all that an interrupted run has left was taken over, and it had come so far
 */
async function adopt(
  run: CaptureRun,
  parts: readonly Observed[],
  phases: PhaseRecorder,
  site: Site,
): Promise<boolean> {
  const work = async () => {
    const all = await together(parts, (part) => part.adopt(run));
    const isWhole = all.some(({ found }) => found > 0) && all.every(({ stale }) => stale === 0);
    return { result: isWhole, evidence: all.map(({ evidence }) => evidence).join("; ") };
  };
  if (run.journal.isFound) return phases.run("adopt", work);
  site.report("adopt");
  await work();
  return false;
}

/**
 * Does the same with the members of all platforms at once, and waits for all of them also when one
 * fails: what is done about a failure must not meet work that goes on.
 */
async function together<T>(
  parts: readonly Observed[],
  work: (part: Observed) => Promise<T>,
): Promise<T[]> {
  const results = await Promise.allSettled(parts.map((part) => work(part)));
  const failures = results.flatMap((it) =>
    it.status === "rejected" ? [it.reason as unknown] : [],
  );
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) throw new CaptureFailure(failures.map(messageOf).join("\n"));
  return results.flatMap((it) => (it.status === "fulfilled" ? [it.value] : []));
}

/** What is stored with the set. */
function describeSet(members: ManifestMember[], { inputs, journal }: CaptureRun): Manifest {
  const { capturedAt, notAfter, cluster, timings } = journal.progress;
  const { environment } = inputs;
  return {
    schemaVersion,
    snapId: inputs.snapId,
    environmentName: inputs.environmentName,
    capturedAt,
    notAfter,
    consistency: inputs.consistency,
    members,
    cluster,
    phases: timings,
    environment: environment === null ? null : capturedEnvironment(environment, members),
  };
}

/** A run before this one has committed the set, and nobody was told. */
async function finishCommitted(
  manifest: Manifest,
  inputs: CaptureInputs,
  kept: CaptureProgress | null,
  site: Site,
): Promise<CaptureResult> {
  const journals = await site.store.listJournals();
  if (journalOf(inputs.snapId, journals) === undefined)
    return { manifest, progress: kept ?? progressOf(manifest) };
  const journal = await openJournal(inputs, journals, kept, site);
  return finishOrSay(manifest, { inputs, journal }, site);
}

function progressOf({ capturedAt, phases, notAfter, cluster }: Manifest): CaptureProgress {
  return { capturedAt, timings: phases, notAfter, cluster, stopped: {}, quiesced: false };
}

function phasesOf({ journal }: Pick<CaptureRun, "journal">, site: Site): PhaseRecorder {
  return recordPhases(journal.progress.timings, () => site.now(), site.report);
}

function committedWaysOut({ snapId }: CaptureInputs): string {
  return `set ${snapId} is committed, but its source is not back. \`pulumi up\` goes on with that`;
}
