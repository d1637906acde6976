import { randomBytes } from "node:crypto";
import { parseClusterSettings } from "../../snapset/config";
import { newSnapId } from "../../snapset/snapId";
import { journalOf, type Journal } from "../../snapset/capture/journal";
import { giveBack, removeSet } from "../../platforms/capture/giveBack";
import { closeJournals } from "../../platforms/capture/journal";
import { clusterInputsOf } from "../../platforms/cluster/inputs";
import type { Site } from "../../platforms/platform";
import type { StackConfig, Surroundings } from "./context";
import { withSite, type SiteInputs } from "./site";
import { isDifferent, type Provider } from "./provider";

export interface SnapIdInputs extends SiteInputs {
  /** The label of the capture; another one asks for another set. */
  capture: string;
  /** What becomes of a set that was committed without the engine's hearing of it. */
  deletionPolicy: "Delete" | "Retain";
}

type SnapIdOutputs = SnapIdInputs & { snapId: string };

/** How long each server may take to start, and Cinder to delete, when nobody says otherwise. */
const stopDeadlineMs = 300_000;

/**
 * Picks the snap_id. A resource of its own, so that the id is in the state before any work begins
 * and an interrupted capture goes on under the same one.
 *
 * A capture that was killed before the engine had heard of its set is known by this id alone: so it
 * is this one's deletion that gives it back, by the capture's journal.
 */
export function snapIdProvider({
  config,
  engine,
}: Surroundings): Provider<SnapIdInputs, SnapIdOutputs> {
  return {
    diff: (_id, olds, news) => {
      const changes = isDifferent(olds.capture, news.capture);
      const isPolicyChanged = isDifferent(olds.deletionPolicy, news.deletionPolicy);
      return Promise.resolve({
        changes: changes || isPolicyChanged,
        replaces: changes ? ["capture"] : [],
      });
    },
    create: (inputs) => {
      const snapId = newSnapId(() => randomBytes(6));
      return Promise.resolve({ id: snapId, outs: { ...inputs, snapId } });
    },
    delete: (snapId, olds) =>
      withSite(config, engine, olds, (site) => removeUnknown(snapId, olds, config, site)),
  };
}

/** What the engine does not know of: a capture that was killed, or the set that it had just committed. */
async function removeUnknown(
  snapId: string,
  { deletionPolicy }: SnapIdOutputs,
  config: StackConfig,
  site: Site,
): Promise<void> {
  const journals = await site.store.listJournals();
  const journal = journalOf(snapId, journals)?.journal;
  if (journal !== undefined) await giveBackKilled(journal, deletionPolicy, config, site);
  else if (deletionPolicy === "Delete") await removeCommitted(snapId, site);
}

async function giveBackKilled(
  journal: Journal,
  policy: SnapIdOutputs["deletionPolicy"],
  config: StackConfig,
  site: Site,
) {
  const { snapId, instances, progress } = journal;
  const settings = parseClusterSettings(config.get("snapset:cluster"));
  const cluster = settings === undefined ? null : clusterInputsOf(settings, instances);
  const source = { snapId, instances, cluster, deadlines: { stop: stopDeadlineMs } };
  const { done, failed } = await giveBack(source, progress, site, policy);
  if (failed.length > 0) throw new Error(failed.join("\n"));
  await closeJournals(snapId, site);
  site.warn(`capture ${snapId} had been interrupted; it is given back: ${done.join("; ")}`);
}

async function removeCommitted(snapId: string, site: Site): Promise<void> {
  const manifest = await site.store.readManifest(snapId);
  if (manifest === undefined) return;
  const instances = manifest.members.map(({ name, serverId, platform }) => ({
    name,
    uuid: serverId,
    platform,
  }));
  await removeSet({ snapId, instances, deadlines: { stop: stopDeadlineMs } }, site);
}
