import { InputError } from "../../common/errors";
import {
  encodeJournal,
  givesWay,
  journalOf,
  journalNameOf,
  journalTag,
  rivalProblem,
  rivalsOf,
  type Journal,
  type StoredJournal,
} from "../../snapset/capture/journal";
import { freshProgress, type CaptureProgress } from "../../snapset/capture/progress";
import type { Context } from "../context";
import { ifThere } from "../nova/ifThere";
import { observeJournals } from "../nova/observe";
import { propertyPatches } from "../nova/patch";
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
  context: Context,
): Promise<OpenJournal> {
  const found = journalOf(inputs.snapId, stored);
  if (found !== undefined) {
    return { ...journalOn(found.imageId, found.journal, context), isFound: true };
  }
  const now = context.cloud.now();
  const journal: Journal = {
    schemaVersion: 1,
    snapId: inputs.snapId,
    environmentName: inputs.environmentName,
    startedAt: now.toISOString(),
    isUnderWay: false,
    instances: inputs.instances,
    progress: kept ?? freshProgress(now),
  };
  const image = await context.cloud.image.createImage({
    name: journalNameOf(inputs.snapId),
    tags: [journalTag],
    properties: encodeJournal(journal),
  });
  const opened = journalOn(image.id, journal, context);
  await giveWay(journal, opened, context);
  // A journal that somebody deleted is begun anew, and what was made before it is found.
  return { ...opened, isFound: kept !== null };
}

function journalOn(imageId: string, journal: Journal, { cloud }: Context): OpenJournal {
  return {
    isFound: false,
    progress: journal.progress,
    save: async () => {
      await cloud.image.updateImage(imageId, propertyPatches(encodeJournal(journal)));
    },
    close: async () => {
      await ifThere(cloud.image.deleteImage(imageId));
    },
  };
}

/** How long a rival may take from its look at the journals to its word that it goes on. */
const rivalMs = 2000;

/**
 * Of two captures that began together one gives way. Whoever sees no other says so at once, and goes
 * on; who sees one that has not said so yet looks again later, when that may have.
 */
async function giveWay(journal: Journal, opened: OpenJournal, context: Context): Promise<void> {
  if ((await rivals(journal, context)).rivals.length > 0) {
    await context.clock.sleep(rivalMs, context.signal);
    const { own, rivals: left } = await rivals(journal, context);
    const stronger = left.find((rival) => own === undefined || givesWay(own, rival));
    if (stronger !== undefined) {
      await opened.close();
      throw new InputError("capture", [rivalProblem(stronger)]);
    }
  }
  journal.isUnderWay = true;
  await opened.save();
}

async function rivals(journal: Journal, context: Context) {
  const all = await observeJournals(context);
  const own = journalOf(journal.snapId, all);
  return { own, rivals: rivalsOf(journal, all) };
}

/** Removes what is left of the journals of a capture that has ended. */
export async function closeJournals(snapId: string, context: Context): Promise<void> {
  const journals = await observeJournals(context);
  await Promise.all(
    journals
      .filter(({ journal }) => journal.snapId === snapId)
      .map(({ imageId, journal }) => journalOn(imageId, journal, context).close()),
  );
}
