import { createHash } from "node:crypto";
import type { Platform } from "../../platforms/platform";
import { RestoreStopped } from "../../platforms/restoreStopped";
import { schemaVersion } from "../../snapset/identity";
import type { PhaseRecord } from "../../snapset/manifest";
import type { PlatformName } from "../../snapset/platforms";
import type { RestoreOrder } from "../../snapset/restoreOrder";
import type { Surroundings } from "./context";
import { mayBeInterrupted } from "./mayBeInterrupted";
import { PartialFailure } from "./partialFailure";
import { failuresOf, isDifferent, isKnown, withPlaceholders, type Provider } from "./provider";
import { withSite, type SiteInputs } from "./site";

/** Inputs of the Restoration resource. */
export interface RestorationInputs extends SiteInputs, Omit<RestoreOrder, "isInterrupted"> {
  platform: PlatformName;
}

/** Outputs of the Restoration resource. */
export interface RestorationOutputs extends RestorationInputs {
  schemaVersion: number;
  phase: "unfinished" | "whole";
  /** What the last restore did, and when. */
  phases: PhaseRecord[];
}

/** There is one of each platform in an environment. */
const id = "restoration";

/**
 * Brings members of a set back onto machines that the engine has not made: bare-metal nodes, virtual
 * machines. A restore is a step and no state: it is done again when another set or another trigger
 * asks for it, and only then.
 */
export function restorationProvider({
  config,
  engine,
}: Surroundings): Provider<RestorationInputs, RestorationOutputs> {
  const on = <T>(inputs: RestorationInputs, work: (platform: Platform, warn: Warn) => Promise<T>) =>
    withSite(config, engine, inputs, (site) => {
      const platform = site.platforms[inputs.platform];
      if (platform === undefined) throw new Error(`there is no platform ${inputs.platform} here`);
      return work(platform, site.warn);
    });
  return {
    check: async (olds, news) => {
      const failures = isForeseeable(olds, news)
        ? await on(news, (platform, warn) => {
            droppedMembers(olds, news).forEach(({ name, target }) => {
              warn(`${name} is no longer to be restored: its node ${target} is undeployed`);
            });
            return failuresOf(() => foresee(news, platform, warn));
          })
        : [];
      return { inputs: news, failures };
    },
    diff: (_id, olds, news) =>
      Promise.resolve({ changes: olds.phase !== "whole" || isOther(olds, news) }),
    create: (inputs) =>
      on(inputs, async (platform) => ({
        id,
        // A first one may have been killed before the engine had heard of it.
        outs: await restoreOrPartial(inputs, true, platform),
      })),
    update: async (_id, olds, news) => {
      const isInterrupted = mayBeInterrupted(olds, news);
      const dropped = droppedMembers(olds, news);
      // First: the next state does not name them any more.
      if (dropped.length > 0) {
        await on(olds, (platform) =>
          platform.release(orderOf({ ...olds, members: dropped }, isInterrupted)),
        );
      }
      return on(news, async (platform) => ({
        outs: await restoreOrPartial(news, isInterrupted, platform),
      }));
    },
    delete: (_id, olds) =>
      on(olds, async (platform) => {
        await platform.release(orderOf(olds, olds.phase !== "whole"));
      }),
  };
}

type Warn = (line: string) => void;

/** Whether another state is wanted, as far as a preview can tell: what is not known may be another. */
function isOther(olds: Partial<RestorationInputs>, news: RestorationInputs): boolean {
  return (
    (["snapId", "trigger", "members"] as const).some(
      (key) => !isKnown(news[key]) || isDifferent(olds[key], news[key]),
    ) || isDifferent(olds.kubevirt?.targets, news.kubevirt?.targets)
  );
}

/** Whether something may be restored, of a set that is known. */
function isForeseeable(olds: Partial<RestorationInputs>, news: RestorationInputs): boolean {
  return isKnown(news.members) && isOther(olds, news);
}

/** Nodes that are no longer named: nobody would have them undeployed any more. */
function droppedMembers(olds: Partial<RestorationInputs>, news: RestorationInputs) {
  if (olds.platform !== "ironic") return [];
  const targets = new Set(news.members.map(({ target }) => target));
  return (olds.members ?? []).filter(({ target }) => !targets.has(target));
}

function orderOf(inputs: RestorationInputs, isInterrupted: boolean): RestoreOrder {
  const { snapId, trigger, members, readiness, deadline, selfUrn } = inputs;
  const by = createHash("sha256").update(selfUrn).digest("hex").slice(0, 8);
  return { snapId, trigger, by, members, readiness, deadline, isInterrupted };
}

/** What the restore would be refused, and what has to be said of it, for `pulumi preview` too. */
async function foresee(news: RestorationInputs, platform: Platform, warn: Warn): Promise<void> {
  (await platform.foresee(orderOf(withPlaceholders(news), false))).forEach(warn);
}

async function restoreOrPartial(
  inputs: RestorationInputs,
  isInterrupted: boolean,
  platform: Platform,
): Promise<RestorationOutputs> {
  try {
    const phases = await platform.restore(orderOf(inputs, isInterrupted));
    return { ...inputs, schemaVersion, phase: "whole", phases };
  } catch (error) {
    if (!(error instanceof RestoreStopped)) throw error;
    const kept: RestorationOutputs = { ...inputs, schemaVersion, phase: "unfinished", phases: [] };
    throw new PartialFailure(id, { ...kept }, error.reasons, { cause: error });
  }
}
