import { isDeepStrictEqual } from "node:util";
import type { InputError } from "../../common/errors";
import { schemaVersion } from "../../snapset/identity";
import { needsPlaces } from "../../snapset/placement/needs";
import type { Context, RunContext } from "../../platforms/context";
import type { Site } from "../../platforms/platform";
import { withContext, type Surroundings } from "./context";
import { failuresOf, isDifferent, type Provider } from "./provider";
import { withSite } from "./site";
import { choose, preflight, type Choice } from "./selection/choose";
import { chooseMachines } from "./selection/chooseMachines";
import { judgeAdded } from "./selection/judgeAdded";
import type { SelectionInputs, SelectionOutputs } from "./selection/types";

export type { SelectionInputs, SelectionOutputs } from "./selection/types";

/** The id of a choice without a set. */
const withoutSet = "base-images";

/** What a check has found in this process, by URN, for the create that follows it at once. */
const foreseen = new Map<string, { inputs: SelectionInputs; choice: Choice }>();

/**
 * Chooses the set to restore, or the base images, and what the names of the environment stand for in
 * this cloud: once. A later `up` does not rebuild the environment because a newer set appeared, or a
 * newer image of that name.
 */
export function selectionProvider({
  config,
  engine,
}: Surroundings): Provider<SelectionInputs, SelectionOutputs> {
  const within = <T>(inputs: SelectionInputs, work: (context: Context) => Promise<T>) =>
    withContext(config, engine, inputs.selfUrn, work);
  const onSite: OnSite = (inputs, work) => withSite(config, engine, inputs, work);
  const chosen = async (inputs: SelectionInputs, before: SelectionOutputs | null) =>
    inputs.kubevirt == null
      ? within(inputs, async (context) =>
          tell(takeForeseen(inputs) ?? (await choose(inputs, before, context)), context),
        )
      : chooseTold(inputs, inputs.kubevirt.namespace, onSite);
  return {
    check: async (olds, news) => ({
      inputs: news,
      failures: await failuresOf(
        () =>
          news.kubevirt == null
            ? foresee(olds, news, (work) => within(news, work))
            : foreseeMachines(olds, news, news.kubevirt.namespace, onSite),
        reasonsOf,
      ),
    }),
    diff: (_id, olds, news) => Promise.resolve({ changes: isWantedAnew(olds, news) }),
    create: async (inputs) => {
      const outs = await chosen(inputs, null);
      return { id: outs.chosen ?? withoutSet, outs };
    },
    update: async (_id, olds, news) => {
      // The nodes alone changed: the choice stays, and is only checked against them.
      const isSameWish = !isDifferent(olds.snapId, news.snapId);
      const wish = isSameWish ? { ...news, snapId: olds.chosen } : news;
      return { outs: { ...(await chosen(wish, olds)), snapId: news.snapId } };
    },
  };
}

type OnSite = <T>(inputs: SelectionInputs, work: (site: Site) => Promise<T>) => Promise<T>;

function chooseTold(inputs: SelectionInputs, owner: string, onSite: OnSite) {
  return onSite(inputs, async (site) => tell(await chooseMachines(inputs, owner, site), site));
}

/** A choice that stays asks the cluster for nothing. */
async function foreseeMachines(
  olds: Partial<SelectionInputs>,
  news: SelectionInputs,
  owner: string,
  onSite: OnSite,
): Promise<void> {
  if (olds.selfUrn !== undefined && olds.snapId === news.snapId) return;
  await onSite(news, (site) => chooseMachines(news, owner, site));
}

function isWantedAnew(olds: SelectionOutputs, news: SelectionInputs): boolean {
  const { needs } = news;
  return (
    isDifferent(olds.snapId, news.snapId) ||
    // Without a set nothing is chosen by the nodes.
    (news.snapId !== null && isDifferent(olds.nodes, news.nodes)) ||
    isDifferent(olds.placement, news.placement) ||
    (needs != null && (olds.needs == null || needsPlaces(needs, olds.needs))) ||
    // A choice that was made stays good, whatever is allowed from now on.
    (isDifferent(olds.allowExpired, news.allowExpired) && news.allowExpired === true) ||
    // What an earlier version chose is looked at once more: it had no volumes, or no places.
    olds.schemaVersion !== schemaVersion ||
    olds.places === undefined
  );
}

/**
 * The preflight, for `pulumi preview`: all of it for what is not chosen yet, else of what was added
 * to the environment. A choice that stays asks the cloud for nothing.
 */
async function foresee(
  olds: Partial<SelectionInputs>,
  news: SelectionInputs,
  within: (work: (context: Context) => Promise<void>) => Promise<void>,
): Promise<void> {
  if (olds.selfUrn === undefined) {
    await within(async (context) => {
      foreseen.set(news.selfUrn, { inputs: news, choice: await choose(news, null, context) });
    });
  } else if (olds.needs && news.needs && isDifferent(olds, news)) {
    const [before, after] = [
      { nodes: olds.nodes ?? null, needs: olds.needs },
      { nodes: news.nodes, needs: news.needs },
    ];
    await within((context) => judgeAdded(before, after, context));
  }
}

function takeForeseen(inputs: SelectionInputs): Choice | undefined {
  const found = foreseen.get(inputs.selfUrn);
  foreseen.delete(inputs.selfUrn);
  return isDeepStrictEqual(found?.inputs, inputs) ? found?.choice : undefined;
}

/** A set is refused by the key that named it. */
function reasonsOf({ subject, problems }: InputError): readonly string[] {
  return subject === preflight ? problems : problems.map((problem) => `${subject}: ${problem}`);
}

function tell({ outs, warnings }: Choice, { warn, report }: RunContext): SelectionOutputs {
  for (const warning of warnings) warn(warning);
  if (outs.chosen !== null) report(`set ${outs.chosen} of ${outs.capturedAt ?? "unknown date"}`);
  return outs;
}
