import { schemaVersion } from "../../snapset/identity";
import { isBegun } from "../../snapset/reset/mark";
import type { Context } from "../../platforms/context";
import type { RestoreOrder } from "../../snapset/restoreOrder";
import { withContext, type Surroundings } from "./context";
import { mayBeInterrupted } from "./mayBeInterrupted";
import { PartialFailure } from "./partialFailure";
import { failuresOf, isDifferent, isKnown, withPlaceholders, type Provider } from "./provider";
import { observeNodes } from "../../platforms/nova/reset/observe";
import { novaPlatform } from "../../platforms/nova/nova";
import { RestoreStopped } from "../../platforms/restoreStopped";
import type { ResetInputs, ResetOutputs } from "../../platforms/nova/reset/types";

/** There is one in an environment. */
const id = "reset";

/**
 * Keeps servers at a set without replacing them: another set or another trigger puts them back. What
 * it has done to a server is written on the server.
 */
export function resetProvider({
  config,
  engine,
}: Surroundings): Provider<ResetInputs, ResetOutputs> {
  const within = <T>(urn: string, work: (context: Context) => Promise<T>) =>
    withContext(config, engine, urn, work);
  return {
    check: async (olds, news) => {
      const failures = isForeseeable(olds, news)
        ? await within(news.selfUrn, (context) => failuresOf(() => foresee(news, context)))
        : [];
      return { inputs: news, failures };
    },
    diff: (_id, olds, news) =>
      Promise.resolve({ changes: olds.phase !== "whole" || isOther(olds, news) }),
    create: (inputs) =>
      within(inputs.selfUrn, async (context) => ({
        id,
        // A first one may have been killed before the engine had heard of it.
        outs: await resetOrPartial(inputs, true, context),
      })),
    read: (_id, olds) =>
      within(olds.selfUrn, async (context) => ({ id, props: await readMarks(olds, context) })),
    update: (_id, olds, news) =>
      within(news.selfUrn, async (context) => ({
        outs: await resetOrPartial(news, mayBeInterrupted(olds, news), context),
      })),
  };
}

/** Whether another state is wanted, as far as a preview can tell: what is not known may be another. */
function isOther(olds: Partial<ResetInputs>, news: ResetInputs): boolean {
  return (["snapId", "trigger", "nodes"] as const).some(
    (key) => !isKnown(news[key]) || isDifferent(olds[key], news[key]),
  );
}

/** Whether something may be put back, on servers that are there already. */
function isForeseeable(olds: Partial<ResetInputs>, news: ResetInputs): boolean {
  const areThere = Array.isArray(news.nodes) && news.nodes.every((it) => isKnown(it.serverId));
  return areThere && isOther(olds, news);
}

/** What the reset would be refused, and a warning of what it would do, for `pulumi preview` too. */
async function foresee(news: ResetInputs, context: Context): Promise<void> {
  const order = orderOf(withPlaceholders(news), false);
  (await novaPlatform(context).foresee(order)).forEach(context.warn);
}

async function resetOrPartial(
  inputs: ResetInputs,
  isInterrupted: boolean,
  context: Context,
): Promise<ResetOutputs> {
  try {
    const phases = await novaPlatform(context).restore(orderOf(inputs, isInterrupted));
    return { ...inputs, schemaVersion, phase: "whole", phases };
  } catch (error) {
    if (!(error instanceof RestoreStopped)) throw error;
    const kept: ResetOutputs = { ...inputs, schemaVersion, phase: "unfinished", phases: [] };
    throw new PartialFailure(id, { ...kept }, error.reasons, { cause: error });
  }
}

function orderOf(inputs: ResetInputs, isInterrupted: boolean): RestoreOrder {
  const { snapId, trigger, nodes, readiness, deadline } = inputs;
  const members = nodes.map(({ serverId, ...node }) => ({ ...node, target: serverId }));
  return { snapId, trigger, members, readiness, deadline, isInterrupted };
}

/** A reset that was killed is not in the state: after a refresh the next `up` goes on with it. */
async function readMarks(olds: ResetOutputs, context: Context): Promise<ResetOutputs> {
  const seen = await observeNodes(olds.nodes, context);
  const isUnfinished = seen.some(({ server }) => isBegun(server?.mark));
  return { ...olds, phase: isUnfinished ? "unfinished" : olds.phase };
}
