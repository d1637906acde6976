import type { CaptureProgress } from "../../snapset/capture/progress";
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
