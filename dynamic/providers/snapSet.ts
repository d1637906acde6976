import { messageOf } from "../../common/errors";
import { journalOf } from "../../snapset/capture/journal";
import { freshProgress, type CaptureProgress } from "../../snapset/capture/progress";
import { schemaVersion } from "../../snapset/identity";
import type { Manifest } from "../../snapset/manifest";
import { closeJournals } from "../../platforms/capture/journal";
import { giveBack, removeSet } from "../../platforms/capture/giveBack";
import { preflight } from "../../platforms/capture/preflight";
import { runCapture } from "../../platforms/capture/run";
import { CaptureStopped } from "../../platforms/capture/settle";
import type {
  CaptureInputs,
  CaptureOutputs,
  ImageRow,
  VolumeRow,
} from "../../platforms/capture/types";
import type { Site } from "../../platforms/platform";
import type { Surroundings } from "./context";
import { PartialFailure } from "./partialFailure";
import { withSite } from "./site";
import { failuresOf, isDifferent, isKnown, withPlaceholders, type Provider } from "./provider";

/**
 * The whole capture as one resource: one resumable run of phases on create and on update, the
 * set's removal on delete.
 */
export function snapSetProvider({
  config,
  engine,
}: Surroundings): Provider<CaptureInputs, CaptureOutputs> {
  const within = <T>(inputs: CaptureInputs, work: (site: Site) => Promise<T>) =>
    withSite(config, engine, inputs, work);
  return {
    check: async (olds, news) => {
      // Most calls are about a capture that was begun long ago: these ask the cloud for nothing.
      const failures = isForeseeable(olds, news)
        ? await within(news, (site) => failuresOf(() => foresee(news, site)))
        : [];
      return { inputs: news, failures };
    },
    diff: (_id, olds, news) => Promise.resolve(diff(olds, news)),
    create: async (inputs) =>
      within(inputs, async (site) => {
        return { id: inputs.snapId, outs: await captureOrPartial(inputs, null, site) };
      }),
    update: async (_id, olds, news) => {
      if (olds.phase === "committed") {
        return { outs: { ...olds, deletionPolicy: news.deletionPolicy } };
      }
      const kept = olds.phase === "unfinished" ? olds.progress : null;
      if (kept !== null) refuseOtherServers(olds, news);
      // Those with which it was begun, whatever a selector would find now.
      const instances =
        kept !== null && news.instances.length === 0 ? olds.instances : news.instances;
      return within(news, async (site) => ({
        outs: await captureOrPartial({ ...news, instances }, kept, site),
      }));
    },
    delete: async (_id, olds) => {
      if (olds.phase === "committed" && olds.deletionPolicy === "Retain") return;
      await within(olds, (site) => remove(olds, site));
    },
  };
}

/** Whether this is a capture that has not been begun, of servers that are known. */
function isForeseeable(olds: Partial<CaptureInputs>, news: CaptureInputs): boolean {
  if (!isKnown(news.instances) || !isKnown(news.environment)) return false;
  return !isKnown(news.snapId) || olds.snapId !== news.snapId;
}

/** The preflight of a capture, for `pulumi preview`. */
async function foresee(news: CaptureInputs, site: Site): Promise<void> {
  const inputs = isKnown(news.snapId) ? news : withPlaceholders(news);
  await preflight({ ...inputs, instances: await site.findInstances(inputs) }, site);
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
  wanted: CaptureInputs,
  kept: CaptureProgress | null,
  site: Site,
): Promise<CaptureOutputs> {
  const inputs = { ...wanted, instances: await site.findInstances(wanted) };
  try {
    const { manifest, progress } = await runCapture(inputs, kept, site);
    return {
      ...inputs,
      schemaVersion,
      phase: "committed",
      progress,
      images: imagesOf(manifest),
      snapshots: snapshotsOf(manifest),
    };
  } catch (error) {
    throw partialOf(error, inputs, kept, site);
  }
}

/** What the engine keeps of a capture that did not end; nothing of one that was not even begun. */
function partialOf(
  error: unknown,
  inputs: CaptureInputs,
  kept: CaptureProgress | null,
  site: Site,
): unknown {
  const isStopped = error instanceof CaptureStopped;
  if (!isStopped && kept === null) return error;
  const isGivenBack = isStopped && error.isGivenBack;
  const progress = isStopped ? error.progress : kept;
  const outputs: CaptureOutputs = {
    ...inputs,
    schemaVersion,
    phase: isGivenBack ? "given back" : "unfinished",
    progress: isGivenBack || progress === null ? freshProgress(site.now()) : progress,
    images: [],
    snapshots: [],
  };
  const reasons = isStopped ? [...error.reasons] : [messageOf(error)];
  return new PartialFailure(inputs.snapId, { ...outputs }, reasons, { cause: error });
}

/** The journal knows best what an unfinished capture has done; the state may be of before a kill. */
async function remove(olds: CaptureOutputs, site: Site): Promise<void> {
  if (olds.phase === "committed") {
    await removeSet(olds, site);
    await closeJournals(olds.snapId, site);
    return;
  }
  const journals = await site.store.listJournals();
  const own = journalOf(olds.snapId, journals)?.journal;
  const progress = own?.progress ?? olds.progress;
  const { failed } = await giveBack(olds, progress, site, olds.deletionPolicy);
  if (failed.length > 0) throw new Error(failed.join("\n"));
  await closeJournals(olds.snapId, site);
}

function refuseOtherServers(olds: CaptureOutputs, news: CaptureInputs): void {
  const isOther =
    news.kubevirt == null
      ? isDifferent(olds.instances, news.instances)
      : (["namespace", "names", "selector"] as const).some((key) =>
          isDifferent(olds.kubevirt?.[key], news.kubevirt?.[key]),
        );
  if (!isOther) return;
  throw new Error(
    `set ${olds.snapId} was begun with other servers: change snapset:capture to begin a new set, ` +
      "or destroy this stack to give the servers back",
  );
}

function imagesOf({ members }: Manifest): ImageRow[] {
  return members.map(({ name, role, imageId, imageName, sizeBytes, macAddresses }) => ({
    member: name,
    role,
    imageId,
    imageName,
    sizeBytes,
    macAddresses,
  }));
}

function snapshotsOf({ members }: Manifest): VolumeRow[] {
  return members.flatMap((member) =>
    member.volumes.map(({ name, device, policy, sizeGb, snapshotId }) => ({
      member: member.name,
      name,
      device,
      policy,
      sizeGb,
      snapshotId,
    })),
  );
}
