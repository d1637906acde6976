import { isDeepStrictEqual } from "node:util";
import { InputError } from "../../common/errors";
import { listed } from "../../common/listed";
import {
  journalOf,
  rivalProblem,
  rivalsOf,
  type Journal,
  type StoredJournal,
} from "../../snapset/capture/journal";
import { platformOf } from "../../snapset/platforms";
import type { Observed, Platform, Site } from "../platform";
import type { CaptureInputs } from "./types";

/** What the preflight has found. */
export interface Preflight {
  /** The members, by platform. */
  parts: Observed[];
  journals: StoredJournal[];
}

/**
 * Finds the members and everything about them and their platforms that is known to fail, before the
 * first change. It changes nothing itself.
 *
 * @throws {InputError} with all the problems
 */
export async function preflight(inputs: CaptureInputs, site: Site): Promise<Preflight> {
  const journals = await site.store.listJournals();
  const own = journalOf(inputs.snapId, journals)?.journal;
  const used = platformsOf(inputs.instances, site);
  const [parts, lacks] = await Promise.all([
    Promise.all(
      used.map((platform) =>
        platform.observe(inputs, instancesOn(platform, inputs.instances), own),
      ),
    ),
    site.store.judgeRoom(inputs, own),
  ]);
  const problems = [
    ...parts.flatMap((part) => part.problems),
    ...lacks,
    ...otherServersProblems(inputs, own),
    ...lostClusterProblems(inputs, own),
    ...rivalsOf(inputs, journals).map(rivalProblem),
  ];
  if (problems.length > 0) throw new InputError("capture", problems);
  return { parts, journals };
}

/** Those that it was begun with are off or have images: nobody would look after these any more. */
function otherServersProblems({ instances }: CaptureInputs, own: Journal | undefined): string[] {
  if (own === undefined) return [];
  const idsOf = (all: Journal["instances"]) =>
    all.map(({ name, uuid }) => `${name} ${uuid}`).sort();
  if (isDeepStrictEqual(idsOf(instances), idsOf(own.instances))) return [];
  const names = listed(own.instances.map(({ name }) => name));
  return [
    `set ${own.snapId} was begun with other servers (${names}): name these again and \`pulumi up\` goes on, ` +
      "or `pulumi destroy` gives them back",
  ];
}

/** Nobody would uncordon its nodes any more. */
function lostClusterProblems({ cluster }: CaptureInputs, own: Journal | undefined): string[] {
  if (cluster !== null || own?.progress.quiesced !== true) return [];
  return [
    `set ${own.snapId} was begun with a cluster, whose nodes are cordoned: put snapset:cluster back and ` +
      "`pulumi up` goes on, or `pulumi destroy` gives all back",
  ];
}

type Placed = Pick<CaptureInputs["instances"][number], "platform">;

/**
 * The platforms that some instances run on.
 *
 * @throws {InputError} when that of one is not to be had here
 */
export function platformsOf(instances: readonly Placed[], { platforms }: Site): Platform[] {
  const names = [...new Set(instances.map(platformOf))];
  return names.map((name) => {
    const platform = platforms[name];
    if (platform !== undefined) return platform;
    const known = Object.keys(platforms).join(", ");
    throw new InputError("capture", [`platform ${name} is not one of ${known}`]);
  });
}

/** Those of the instances that run on a platform. */
export function instancesOn<I extends Placed>({ name }: Platform, instances: readonly I[]): I[] {
  return instances.filter((instance) => platformOf(instance) === name);
}
