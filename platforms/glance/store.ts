import { InputError } from "../../common/errors";
import type { Image } from "../../openstack";
import {
  decodeJournal,
  encodeJournal,
  journalNameOf,
  journalTag,
  type Journal,
  type StoredJournal,
} from "../../snapset/capture/journal";
import { imageQuotaProblems } from "../../snapset/capture/quotas";
import { manifestProperty, snapIdProperty, tagsOf } from "../../snapset/identity";
import { decodeManifest, encodeManifest, type Manifest } from "../../snapset/manifest";
import type { Context } from "../context";
import type { SetIdentity, SetStore } from "../platform";
import { candidates } from "./candidates";
import { ifThere } from "../tolerate";
import { listOwnImages, observeImages } from "./images";
import { patchTags, propertyPatches } from "./patch";
import { observeImageQuotas } from "./quotas";

/** Sets whose members are images of Glance: the manifest is a property of one of them. */
export function glanceStore(context: Context): SetStore {
  const { image } = context.cloud;
  return {
    listJournals: () => listJournals(context),
    // It is the first change that a capture makes, and so proves too that images may be made and changed.
    createJournal: async (journal) => {
      const { id } = await image.createImage({
        name: journalNameOf(journal.snapId),
        tags: [journalTag],
        properties: encodeJournal(journal),
      });
      return id;
    },
    saveJournal: async (id, journal) => {
      await image.updateImage(id, propertyPatches(encodeJournal(journal)));
    },
    deleteJournal: async (id) => {
      await ifThere(image.deleteImage(id));
    },
    readManifest: (snapId) => readManifest(snapId, context),
    // Tags and manifest reach the anchor together.
    commit: async (manifest, { instance, identity }) => {
      const imageId = manifest.members.find(({ name }) => name === instance.name)?.imageId;
      if (imageId === undefined) throw new RangeError("the anchor is no member of the manifest");
      await patchTags(context, imageId, tagsOf(identity), encodeManifest(manifest));
      decodeManifest(await image.showImage(imageId), `image ${imageId}`);
    },
    uncommit: (set) => uncommit(set, context),
    judgeRoom: (set, own) => judgeRoom(set, own, context),
    listSets: (snapId = "latest") => candidates(snapId, context),
  };
}

async function judgeRoom(
  { snapId, instances }: Pick<SetIdentity, "snapId" | "instances">,
  own: Journal | undefined,
  context: Context,
): Promise<string[]> {
  const [{ members }, quotas] = await Promise.all([
    observeImages(context, snapId, instances),
    observeImageQuotas(context),
  ]);
  // The journal is an image, too.
  const missing = instances.length - members.size + (own === undefined ? 1 : 0);
  return imageQuotaProblems(missing, quotas);
}

async function readManifest(snapId: string, { cloud }: Context): Promise<Manifest | undefined> {
  const images = await cloud.image.listImages({ [snapIdProperty]: snapId, owner: cloud.projectId });
  // A server that was restored from another set hands its cut manifest on, without the tag.
  const anchor = images.find((it) => it[manifestProperty] && it.tags.includes(`snap_id=${snapId}`));
  return anchor && decodeManifest(anchor, `image ${anchor.id}`);
}

async function uncommit({ snapId, instances }: SetIdentity, context: Context): Promise<void> {
  const found = await listOwnImages(context, snapId, instances);
  const anchors = found.map(({ image }) => image).filter(isAnchor);
  await Promise.all(
    anchors.map(({ id }) =>
      ifThere(
        context.cloud.image.updateImage(id, [
          { op: "replace", path: `/${manifestProperty}`, value: "" },
          { op: "replace", path: "/tags", value: [] },
        ]),
      ),
    ),
  );
}

function isAnchor(image: Image): boolean {
  return Boolean(image[manifestProperty]);
}

/** The journals of all captures in this project that are under way or were interrupted. */
async function listJournals({ cloud, warn }: Context): Promise<StoredJournal[]> {
  const images = await cloud.image.listImages({ tags: [journalTag], owner: cloud.projectId });
  return images.flatMap((image) => {
    try {
      return decodeJournal(image);
    } catch (error) {
      // It may be anybody's: it must not stop the captures of all the others.
      if (!(error instanceof InputError)) throw error;
      warn(error.message);
      return [];
    }
  });
}
