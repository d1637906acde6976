import { InputError, messageOf } from "../common/errors";
import type { Environment } from "./environment/environment";
import { fitProblems } from "./fit";
import type { FlavorView } from "./flavors";
import { parseEnvironment } from "./environment/parse";
import { mapEnvironment } from "./placement/mapEnvironment";
import { asItIs, type Placement } from "./placement/placement";
import type { SnapsetRecord } from "./sets";
import { wantedNodesOf, type WantedNode } from "./environment/wantedNode";

/** What a set must satisfy to be restored. */
export interface Wanted {
  /** A snap_id, or `latest`. */
  snapId: string;
  /** Our project: sets of others are not restored. */
  projectId: string;
  now: Date;
  /** Whether expired certificates are no reason to refuse a set. @default false */
  allowExpired?: boolean;
  /** The nodes that need an image; undefined when the set's own environment is used. */
  nodes?: readonly WantedNode[] | undefined;
  /** How the set's own environment is placed in this cloud. @default as it is */
  placement?: Placement | undefined;
  /** The cloud's flavors; undefined where they do not matter. */
  flavors?: readonly FlavorView[] | undefined;
}

/**
 * Chooses the set to restore: the one named, or the newest usable one.
 *
 * @throws {InputError} saying of the named set, or of each newest candidate, why it is refused
 */
export function selectSet(sets: readonly SnapsetRecord[], wanted: Wanted): SnapsetRecord {
  return wanted.snapId === "latest" ? latest(sets, wanted) : named(sets, wanted);
}

/** Why a set cannot be restored here and now; empty when it can. */
export function refusals(set: SnapsetRecord, wanted: Wanted): string[] {
  const expiredAt = expiryOf(set, wanted.now);
  return [
    ...(set.owner === wanted.projectId ? [] : [`it belongs to project ${set.owner}`]),
    ...set.defects,
    ...(expiredAt === undefined || wanted.allowExpired
      ? []
      : [
          `its cluster's certificates expired at ${expiredAt}; snapset:allowExpired restores it all the same`,
        ]),
    ...environmentProblems(set, wanted),
  ];
}

/** Since when a set's cluster has expired certificates; undefined when it has none, or nobody knows. */
export function expiryOf({ manifest }: SnapsetRecord, now: Date): string | undefined {
  const notAfter = manifest?.notAfter ?? undefined;
  return notAfter !== undefined && Date.parse(notAfter) <= now.getTime() ? notAfter : undefined;
}

/**
 * The environment that a set holds; null when it holds none.
 *
 * @throws {InputError} when it is none that this version can restore
 */
export function ownEnvironment({ snapId, manifest }: SnapsetRecord): Environment | null {
  if (manifest?.environment == null) return null;
  return parseEnvironment(manifest.environment, `the environment of set ${snapId}`);
}

/**
 * The environment that a set holds, as it is to be in this cloud; null when it holds none.
 *
 * @throws {InputError} as {@link ownEnvironment}, or when it cannot be placed so
 */
export function placedEnvironment(
  set: SnapsetRecord,
  placement: Placement | null = null,
): Environment | null {
  const own = ownEnvironment(set);
  return own === null ? null : mapEnvironment(own, placement ?? asItIs);
}

function named(sets: readonly SnapsetRecord[], wanted: Wanted): SnapsetRecord {
  const found = sets.filter((set) => set.snapId === wanted.snapId);
  // Whoever has a tag can write it: a foreign set of the same name is none of ours.
  const set = found.find(({ owner }) => owner === wanted.projectId) ?? found[0];
  if (set === undefined) {
    const known = sets.map((candidate) => candidate.snapId).join(", ");
    throw new InputError("snapId", [
      `there is no set ${wanted.snapId}; there is ${known === "" ? "none at all" : known}`,
    ]);
  }
  const problems = refusals(set, wanted);
  if (problems.length === 0) return set;
  throw new InputError(
    "snapId",
    problems.map((problem) => `set ${set.snapId} cannot be restored: ${problem}`),
  );
}

function latest(sets: readonly SnapsetRecord[], wanted: Wanted): SnapsetRecord {
  const newestFirst = sets.toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
  const isUsable = (set: SnapsetRecord, given: Wanted) => refusals(set, given).length === 0;
  // An expired one is better than none, not better than an older one that is good still.
  const usable =
    newestFirst.find((set) => isUsable(set, { ...wanted, allowExpired: false })) ??
    newestFirst.find((set) => isUsable(set, wanted));
  if (usable !== undefined) return usable;
  throw new InputError("snapId", [
    "latest: there is no set that can be restored",
    ...newestFirst
      .slice(0, 5)
      .map((set) => `set ${set.snapId}: ${refusals(set, wanted).join("; ")}`),
  ]);
}

function environmentProblems(set: SnapsetRecord, { nodes, flavors, placement }: Wanted): string[] {
  if (nodes !== undefined) return fitProblems(set, nodes, flavors);
  if (set.manifest?.environment == null) {
    return ["it holds no environment of its own: name one with snapset:environment"];
  }
  try {
    const placed = placedEnvironment(set, placement);
    return placed === null ? [] : fitProblems(set, wantedNodesOf(placed), flavors);
  } catch (error) {
    return [messageOf(error)];
  }
}
