import { InputError, messageOf } from "../../common/errors";
import { schemaVersion } from "../../snapset/identity";
import { runCapture } from "./capture/run";
import { giveBack } from "./capture/giveBack";
import { removeImages } from "./capture/remove";
import type { CaptureInputs, CaptureOutputs, CaptureProgress } from "./capture/types";
import { withContext, type Context, type Surroundings } from "./context";
import { PartialFailure } from "./partialFailure";
import { isDifferent, type Provider } from "./provider";

/**
 * The whole capture as one resource: one resumable run of phases on create and on update, the
 * set's removal on delete.
 */
export function snapSetProvider({
  config,
  engine,
}: Surroundings): Provider<CaptureInputs, CaptureOutputs> {
  const within = <T>(urn: string, work: (context: Context) => Promise<T>) =>
    withContext(config, engine, urn, work);
  return {
    diff: (_id, olds, news) => Promise.resolve(diff(olds, news)),
    create: async (inputs) =>
      within(inputs.selfUrn, async (context) => {
        const outs = await captureOrPartial(inputs, freshProgress(context), context);
        return { id: inputs.snapId, outs };
      }),
    update: async (_id, olds, news) => {
      if (olds.phase === "committed") {
        return { outs: { ...olds, deletionPolicy: news.deletionPolicy } };
      }
      refuseOtherServers(olds, news);
      return within(news.selfUrn, async (context) => ({
        outs: await captureOrPartial(news, olds.progress, context),
      }));
    },
    delete: async (_id, olds) => {
      if (olds.phase === "committed" && olds.deletionPolicy === "Retain") return;
      await within(olds.selfUrn, async (context) => {
        await removeImages(olds, context);
        if (olds.phase !== "committed") await giveBack(olds, olds.progress, context);
      });
    },
  };
}

/**
 * A committed set is what it is: of its inputs only what happens to it later can change. Until then
 * the answer is "changes", because a refresh drops the engine's own mark of a failed create.
 */
function diff(olds: CaptureOutputs, news: CaptureInputs) {
  if (isDifferent(olds.snapId, news.snapId)) return { changes: true, replaces: ["snapId"] };
  if (olds.phase !== "committed") return { changes: true };
  return { changes: isDifferent(olds.deletionPolicy, news.deletionPolicy) };
}

async function captureOrPartial(
  inputs: CaptureInputs,
  progress: CaptureProgress,
  context: Context,
): Promise<CaptureOutputs> {
  try {
    const images = await runCapture(inputs, progress, context);
    return { ...inputs, schemaVersion, phase: "committed", progress, images };
  } catch (error) {
    if (error instanceof InputError && !hasChanged(progress)) throw error;
    throw new PartialFailure(
      inputs.snapId,
      { ...inputs, schemaVersion, phase: "unfinished", progress, images: [] },
      [messageOf(error), waysOut(inputs, progress)],
      { cause: error },
    );
  }
}

function hasChanged(progress: CaptureProgress): boolean {
  return progress.stopped.length > 0 || progress.quiesced;
}

function waysOut({ snapId }: CaptureInputs, progress: CaptureProgress): string {
  const off = progress.stopped.length > 0 ? `; shut off: ${progress.stopped.join(", ")}` : "";
  const cordoned = progress.quiesced ? "; the cluster's nodes are cordoned" : "";
  return (
    `set ${snapId} is not committed${off}${cordoned}. ` +
    "`pulumi up` goes on from here; `pulumi destroy` removes its images and starts the servers again"
  );
}

function refuseOtherServers(olds: CaptureOutputs, news: CaptureInputs): void {
  if (!isDifferent(olds.instances, news.instances)) return;
  throw new Error(
    `set ${olds.snapId} was begun with other servers: change snapset:capture to begin a new set, ` +
      "or destroy this stack to give the servers back",
  );
}

function freshProgress({ clock }: Context): CaptureProgress {
  return {
    capturedAt: clock.now().toISOString(),
    timings: [],
    notAfter: null,
    cluster: null,
    stopped: [],
    quiesced: false,
  };
}
