import type { Environment } from "../../snapset/environment/environment";
import { schemaVersion } from "../../snapset/identity";
import { fitWarnings } from "../../snapset/fitWarnings";
import type { ClusterFacts, ManifestVolume } from "../../snapset/manifest";
import { expiryOf, ownEnvironment, selectSet } from "../../snapset/selection";
import { assembleSets, hasSnapshots, type SetImage, type SnapsetRecord } from "../../snapset/sets";
import { wantedNodesOf, type WantedNode } from "../../snapset/environment/wantedNode";
import { withContext, type Context, type Surroundings } from "./context";
import { isDifferent, type Provider } from "./provider";

/** Inputs of the Selection resource. */
export interface SelectionInputs {
  /** A snap_id, or `latest`. */
  snapId: string;
  /** The nodes that are to be restored; null to restore the set's own environment. */
  nodes: WantedNode[] | null;
  /** Whether a set with expired certificates may be chosen. Absent in older state: it may not. */
  allowExpired?: boolean;
  selfUrn: string;
}

/** Outputs of the Selection resource: the choice, kept until another one is asked for. */
export interface SelectionOutputs extends SelectionInputs {
  schemaVersion: number;
  chosen: string;
  /** Image ids by node. */
  images: Record<string, string>;
  /** The volumes of the set by node, also those whose data it does not hold. */
  volumes: Record<string, ManifestVolume[]>;
  notAfter: string | null;
  capturedAt: string | null;
  environment: Environment | null;
  cluster: ClusterFacts | null;
}

/**
 * Chooses the set to restore, once: a later `up` does not rebuild the environment because a newer
 * set appeared.
 */
export function selectionProvider({
  config,
  engine,
}: Surroundings): Provider<SelectionInputs, SelectionOutputs> {
  const select = (inputs: SelectionInputs) =>
    withContext(config, engine, inputs.selfUrn, (context) => choose(inputs, context));
  return {
    diff: (_id, olds, news) =>
      Promise.resolve({
        changes:
          isDifferent(olds.snapId, news.snapId) ||
          isDifferent(olds.nodes, news.nodes) ||
          // A choice that was made stays good, whatever is allowed from now on.
          (isDifferent(olds.allowExpired, news.allowExpired) && news.allowExpired === true) ||
          // What an earlier version chose, before there were volumes, is looked at once more.
          olds.schemaVersion !== schemaVersion,
      }),
    create: async (inputs) => {
      const outs = await select(inputs);
      return { id: outs.chosen, outs };
    },
    update: async (_id, olds, news) => {
      // The nodes alone changed: the choice stays, and is only checked against them.
      const isSameWish = !isDifferent(olds.snapId, news.snapId);
      const outs = await select(isSameWish ? { ...news, snapId: olds.chosen } : news);
      return { outs: { ...outs, snapId: news.snapId } };
    },
  };
}

async function choose(inputs: SelectionInputs, context: Context): Promise<SelectionOutputs> {
  const { cloud } = context;
  const [sets, flavors] = await Promise.all([
    candidates(inputs.snapId, context),
    cloud.compute.listFlavors(),
  ]);
  const set = selectSet(sets, {
    snapId: inputs.snapId,
    projectId: cloud.projectId,
    now: cloud.now(),
    allowExpired: inputs.allowExpired ?? false,
    nodes: inputs.nodes ?? undefined,
    flavors,
  });
  warnOfExpiry(set, context);
  const outs = toOutputs(inputs, set);
  const nodes = inputs.nodes ?? wantedNodesOf(outs.environment ?? { nodes: [] });
  for (const warning of fitWarnings(set, nodes, flavors)) context.warn(warning);
  context.report(`set ${set.snapId} of ${set.createdAt.toISOString()}`);
  return outs;
}

function warnOfExpiry(set: SnapsetRecord, { cloud, warn }: Context): void {
  const expiredAt = expiryOf(set, cloud.now());
  if (expiredAt === undefined) return;
  warn(
    `set ${set.snapId} is expired: its cluster's certificates ended at ${expiredAt}. The revive has them renewed, ` +
      "which needs kubelets whose bootstrap credential is still valid",
  );
}

/**
 * The sets to choose from: with one list of the images of the one that is named, or of all for
 * `latest`; and where they hold volumes, one of the project's snapshots. All there are, to name them,
 * when the one that was asked for does not exist.
 */
async function candidates(snapId: string, { cloud }: Context): Promise<SnapsetRecord[]> {
  const tags = ["hotstack-snapset"];
  const isLatest = snapId === "latest";
  const images = await cloud.image.listImages({
    tags: isLatest ? tags : [...tags, `snap_id=${snapId}`],
  });
  if (images.length === 0 && !isLatest) {
    return assembleSets((await cloud.image.listImages({ tags })) as SetImage[]);
  }
  const sets = assembleSets(images as SetImage[]);
  const isOurs = (set: SnapsetRecord) => set.owner === cloud.projectId;
  if (!sets.some((set) => isOurs(set) && hasSnapshots(set))) return sets;
  return assembleSets(images as SetImage[], await cloud.blockStorage.listSnapshots());
}

function toOutputs(inputs: SelectionInputs, set: SnapsetRecord): SelectionOutputs {
  const members = set.manifest?.members ?? [];
  return {
    ...inputs,
    schemaVersion,
    chosen: set.snapId,
    images: Object.fromEntries(set.members.map((member) => [member.name, member.imageId])),
    volumes: Object.fromEntries(members.map((member) => [member.name, member.volumes])),
    notAfter: set.manifest?.notAfter ?? null,
    capturedAt: set.manifest?.capturedAt ?? null,
    environment: inputs.nodes === null ? ownEnvironment(set) : null,
    cluster: set.manifest?.cluster ?? null,
  };
}
