import { InputError } from "../../common/errors";
import {
  givesWay,
  journalOf,
  rivalProblem,
  rivalsOf,
  type Journal,
  type StoredJournal,
} from "../../snapset/capture/journal";
import { freshProgress, type CaptureProgress } from "../../snapset/capture/progress";
import type { Site } from "../platform";
import type { CaptureInputs } from "./types";

/** The journal of this capture, in the cloud. */
export interface OpenJournal {
  /** Whether an earlier run has begun it. */
  readonly isFound: boolean;
  /** Changed as the capture goes, and written with {@link OpenJournal.save}. */
  readonly progress: CaptureProgress;
  /** To be called before each change that a killed capture must be able to take back. */
  save(): Promise<void>;
  /** When the capture has ended, one way or the other. */
  close(): Promise<void>;
}

/**
 * Opens the journal that an interrupted run of this capture left, or begins one. It is the first
 * change that a capture makes, and so proves too that images may be made and changed.
 *
 * @param stored all journals, as the preflight saw them
 * @param kept progress from the stack's state, for a journal that somebody deleted
 * @throws {InputError} when another capture of these servers began at the same time
 */
export async function openJournal(
  inputs: CaptureInputs,
  stored: readonly StoredJournal[],
  kept: CaptureProgress | null,
  site: Site,
): Promise<OpenJournal> {
  const found = journalOf(inputs.snapId, stored);
  if (found !== undefined) {
    return { ...journalOn(found.storedAs, found.journal, site), isFound: true };
  }
  const now = site.now();
  const journal: Journal = {
    schemaVersion: 1,
    snapId: inputs.snapId,
    environmentName: inputs.environmentName,
    startedAt: now.toISOString(),
    isUnderWay: false,
    instances: inputs.instances,
    progress: kept ?? freshProgress(now),
  };
  const storedAs = await site.store.createJournal(journal);
  const opened = journalOn(storedAs, journal, site);
  await giveWay(journal, opened, site);
  // A journal that somebody deleted is begun anew, and what was made before it is found.
  return { ...opened, isFound: kept !== null };
}

function journalOn(
  storedAs: string,
  journal: Journal,
  { store }: Pick<Site, "store">,
): OpenJournal {
  return {
    isFound: false,
    progress: journal.progress,
    save: () => store.saveJournal(storedAs, journal),
    close: () => store.deleteJournal(storedAs),
  };
}

/** How long a rival may take from its look at the journals to its word that it goes on. */
const rivalMs = 2000;

/**
 * Of two captures that began together one gives way. Whoever sees no other says so at once, and goes
 * on; who sees one that has not said so yet looks again later, when that may have.
 */
async function giveWay(journal: Journal, opened: OpenJournal, site: Site): Promise<void> {
  if ((await rivals(journal, site)).rivals.length > 0) {
    await site.clock.sleep(rivalMs, site.signal);
    const { own, rivals: left } = await rivals(journal, site);
    const stronger = left.find((rival) => own === undefined || givesWay(own, rival));
    if (stronger !== undefined) {
      await opened.close();
      throw new InputError("capture", [rivalProblem(stronger)]);
    }
  }
  journal.isUnderWay = true;
  await opened.save();
}

async function rivals(journal: Journal, site: Site) {
  const all = await site.store.listJournals();
  const own = journalOf(journal.snapId, all);
  return { own, rivals: rivalsOf(journal, all) };
}

/** Removes what is left of the journals of a capture that has ended. */
export async function closeJournals(snapId: string, { store }: Pick<Site, "store">): Promise<void> {
  const journals = await store.listJournals();
  const own = journals.filter(({ journal }) => journal.snapId === snapId);
  await Promise.all(own.map(({ storedAs }) => store.deleteJournal(storedAs)));
}
