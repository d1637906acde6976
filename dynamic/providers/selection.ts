import type { Environment } from "../../snapset/environment";
import { schemaVersion } from "../../snapset/identity";
import type { ClusterFacts } from "../../snapset/manifest";
import { selectSet } from "../../snapset/selection";
import { assembleSets, type SetImage, type SnapsetRecord } from "../../snapset/sets";
import { withContext, type Context, type Surroundings } from "./context";
import { isDifferent, type Provider } from "./provider";

/** Inputs of the Selection resource. */
export interface SelectionInputs {
  /** A snap_id, or `latest`. */
  snapId: string;
  /** The nodes that need an image; null to restore the set's own environment. */
  nodes: { name: string; role: string }[] | null;
  selfUrn: string;
}

/** Outputs of the Selection resource: the choice, kept until another one is asked for. */
export interface SelectionOutputs extends SelectionInputs {
  schemaVersion: number;
  chosen: string;
  /** Image ids by node. */
  images: Record<string, string>;
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
        changes: isDifferent(olds.snapId, news.snapId) || isDifferent(olds.nodes, news.nodes),
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
  const tags = ["hotstack-snapset"];
  if (inputs.snapId !== "latest") tags.push(`snap_id=${inputs.snapId}`);
  const images = await cloud.image.listImages({ tags });
  let sets = assembleSets(images as SetImage[]);
  if (sets.length === 0) sets = assembleSets((await everySet(context)) as SetImage[]);
  const set = selectSet(sets, {
    snapId: inputs.snapId,
    projectId: cloud.projectId,
    now: context.clock.now(),
    nodes: inputs.nodes ?? undefined,
  });
  context.report(`set ${set.snapId} of ${set.createdAt.toISOString()}`);
  return toOutputs(inputs, set);
}

/** All sets there are, to name them when the one that was asked for does not exist. */
function everySet({ cloud }: Context) {
  return cloud.image.listImages({ tags: ["hotstack-snapset"] });
}

function toOutputs(inputs: SelectionInputs, set: SnapsetRecord): SelectionOutputs {
  return {
    ...inputs,
    schemaVersion,
    chosen: set.snapId,
    images: Object.fromEntries(set.members.map((member) => [member.name, member.imageId])),
    notAfter: set.manifest?.notAfter ?? null,
    capturedAt: set.manifest?.capturedAt ?? null,
    environment: (set.manifest?.environment ?? null) as Environment | null,
    cluster: set.manifest?.cluster ?? null,
  };
}
