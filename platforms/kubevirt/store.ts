import { InputError } from "../../common/errors";
import type { ConfigMap } from "../../kubevirt";
import { decodeJournal, encodeJournal, type StoredJournal } from "../../snapset/capture/journal";
import {
  hasManifest,
  manifestAnnotations,
  manifestIn,
  withoutManifest,
} from "../../snapset/kubevirt/annotations";
import { journalLabel, journalLabelsOf, snapIdLabel } from "../../snapset/kubevirt/identity";
import { journalNameOf, snapshotNameOf } from "../../snapset/kubevirt/names";
import { assembleVmSets } from "../../snapset/kubevirt/sets";
import type { Manifest } from "../../snapset/manifest";
import { CaptureFailure } from "../capture/failure";
import type { SetIdentity, SetStore } from "../platform";
import type { KubeVirtContext } from "./context";
import { observeSnapshots } from "./snapshots";

/**
 * Sets whose members are virtual machines: the manifest stands in annotations of one of the
 * snapshots, a journal in a ConfigMap.
 */
export function kubeVirtStore(context: KubeVirtContext): SetStore {
  const { kubevirt, lasting } = context;
  return {
    listJournals: () => listJournals(context),
    // It is the first change that a capture makes, and so proves too that changes may be made.
    createJournal: async (journal) => {
      const name = journalNameOf(journal.snapId);
      const metadata = { name, labels: journalLabelsOf(journal.snapId) };
      await kubevirt.createConfigMap({ metadata, data: encodeJournal(journal) });
      return name;
    },
    // That guests are thawed is written down also when all was cancelled.
    saveJournal: async (id, journal) => {
      await lasting.patchConfigMap(id, encodeJournal(journal));
    },
    deleteJournal: async (id) => {
      const kept = await kubevirt.listConfigMaps(journalLabel);
      const own = kept.filter(({ metadata }) => metadata.name === id);
      await Promise.all(own.map(({ metadata }) => kubevirt.deleteConfigMap(metadata)));
    },
    readManifest: (snapId) => readManifest(snapId, context),
    // The annotations reach the anchor together.
    commit: async (manifest, { instance }) => {
      const name = snapshotNameOf(instance.name, manifest.snapId);
      const annotations = manifestAnnotations(manifest);
      const patched = await kubevirt.patchSnapshot(name, { annotations });
      if (patched === undefined) {
        throw new CaptureFailure(
          `snapshot of ${instance.name} failed: it was deleted at the commit`,
        );
      }
      manifestIn(patched.metadata.annotations ?? {}, `VirtualMachineSnapshot ${name}`);
    },
    uncommit: (set) => uncommit(set, context),
    // To read the quotas of a namespace takes a right more; where one is exceeded the API server says so.
    judgeRoom: () => Promise.resolve([]),
    listSets: (snapId) => listSets(snapId, context),
  };
}

async function readManifest(
  snapId: string,
  { kubevirt }: KubeVirtContext,
): Promise<Manifest | undefined> {
  const snapshots = await kubevirt.listSnapshots(`${snapIdLabel}=${snapId}`);
  const anchor = snapshots.find(({ metadata }) => hasManifest(metadata.annotations));
  if (anchor === undefined) return undefined;
  const { name, annotations = {} } = anchor.metadata;
  return manifestIn(annotations, `VirtualMachineSnapshot ${name}`);
}

async function uncommit({ snapId, instances }: SetIdentity, context: KubeVirtContext) {
  const names = instances.map(({ name }) => name);
  const own = [...(await observeSnapshots(snapId, names, context)).values()];
  const anchors = own.filter(({ metadata }) => hasManifest(metadata.annotations));
  await Promise.all(
    anchors.map(({ metadata: { name, annotations } }) =>
      context.kubevirt.patchSnapshot(name, { annotations: withoutManifest(annotations) }),
    ),
  );
}

/** Of a set named by its id, if there is one; else all: to say which there are. */
async function listSets(snapId: string | undefined, { kubevirt }: KubeVirtContext) {
  const [snapshots, contents] = await Promise.all([
    kubevirt.listSnapshots(snapIdLabel),
    kubevirt.listContents(),
  ]);
  const sets = assembleVmSets(snapshots, contents, kubevirt.namespace);
  const named = sets.filter((set) => set.snapId === snapId);
  return named.length > 0 ? named : sets;
}

async function listJournals({ kubevirt, warn }: KubeVirtContext): Promise<StoredJournal[]> {
  const kept = await kubevirt.listConfigMaps(journalLabel);
  return kept.flatMap((configMap) => {
    try {
      return [journalIn(configMap)];
    } catch (error) {
      // It may be anybody's: it must not stop the captures of all the others.
      if (!(error instanceof InputError)) throw error;
      warn(error.message);
      return [];
    }
  });
}

/** Kept under its name: of two of one capture there is one only. */
function journalIn({ metadata, data = {} }: ConfigMap): StoredJournal {
  const { name, creationTimestamp } = metadata;
  return decodeJournal({ ...data, id: name, name, created_at: creationTimestamp }, "ConfigMap");
}
