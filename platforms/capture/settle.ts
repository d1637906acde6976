import { InputError, messageOf } from "../../common/errors";
import { listed } from "../../common/listed";
import type { CaptureProgress } from "../../snapset/capture/progress";
import type { CaptureRun, Site } from "../platform";
import { giveBack } from "./giveBack";
import type { CaptureInputs } from "./types";

/** A capture that did not end: what it leaves, and why. */
export class CaptureStopped extends Error {
  override readonly name = "CaptureStopped";

  /** @param isGivenBack whether nothing of it is left in the cloud */
  constructor(
    readonly progress: CaptureProgress,
    readonly isGivenBack: boolean,
    readonly reasons: readonly string[],
    cause: unknown,
  ) {
    super(reasons.join("\n"), { cause });
  }
}

/**
 * What becomes of a capture that failed. One that was interrupted stays as it is, for the next `up`:
 * through a cloud that does not answer nothing can be given back either.
 */
export async function settle(
  error: unknown,
  { inputs, journal }: CaptureRun,
  site: Site,
): Promise<CaptureStopped> {
  const { progress } = journal;
  const reason = messageOf(error);
  const isInterrupted = site.signal.aborted || site.isOutOfReach(error);
  if (isInterrupted || inputs.onFailure === "keep" || error instanceof InputError) {
    return new CaptureStopped(progress, false, [reason, waysOut(inputs, progress)], error);
  }
  site.report(`failed, giving back: ${reason}`);
  const { done, failed } = await giveBack(inputs, progress, site).catch((second: unknown) => ({
    done: [],
    failed: [messageOf(second)],
  }));
  if (failed.length > 0) {
    const left = `not everything could be given back: ${failed.join("; ")}`;
    return new CaptureStopped(progress, false, [reason, left, waysOut(inputs, progress)], error);
  }
  await journal.close();
  const given =
    `the capture is given back: ${done.join("; ")}. ` +
    "`pulumi up` begins it anew; snapset:onFailure: keep would leave it for the next up";
  return new CaptureStopped(progress, true, [reason, given], error);
}

function waysOut({ snapId }: CaptureInputs, progress: CaptureProgress): string {
  const names = Object.keys(progress.stopped);
  const off = names.length > 0 ? `; shut off: ${listed(names)}` : "";
  const cordoned = progress.quiesced ? "; the cluster's nodes are cordoned" : "";
  return (
    `set ${snapId} is not committed${off}${cordoned}. ` +
    "`pulumi up` goes on from here; `pulumi destroy` removes its images and starts the servers again"
  );
}
