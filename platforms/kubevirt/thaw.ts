import type { CaptureProgress } from "../../snapset/capture/progress";
import type { OpenJournal } from "../capture/journal";
import type { KubeVirtContext } from "./context";
import { thawAll } from "./freeze";

/**
 * Thaws what a capture has frozen, if it has frozen anything that nobody has thawed.
 *
 * @param progress is kept up to date
 * @returns what was done, in words; none when there was nothing to do
 */
export async function thawLeft(
  progress: CaptureProgress,
  context: KubeVirtContext,
): Promise<string[]> {
  const { frozen } = progress;
  if (frozen === undefined || frozen.isThawed) return [];
  const done = await thawAll(frozen, context);
  frozen.isThawed = true;
  return [done];
}

/**
 * The same, where it is not known that all were cut: what is cut from now on is not of the moment of
 * the freeze. That stands in the journal first; the guests are thawed also when it cannot be written.
 */
export async function breakOff(journal: OpenJournal, context: KubeVirtContext): Promise<string[]> {
  const { frozen } = journal.progress;
  if (frozen === undefined || frozen.isThawed) return [];
  frozen.brokenOffAt ??= context.kubevirt.now().toISOString();
  let done: string[];
  try {
    await journal.save();
  } finally {
    done = await thawLeft(journal.progress, context);
  }
  await journal.save();
  return done;
}
