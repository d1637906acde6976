import { InputError } from "../common/errors";
import type { SnapsetRecord } from "./sets";

/** What a set must satisfy to be restored. */
export interface Wanted {
  /** A snap_id, or `latest`. */
  snapId: string;
  /** Our project: sets of others are not restored. */
  projectId: string;
  now: Date;
  /** The nodes that need an image; undefined when the set's own environment is used. */
  nodes?: readonly { name: string; role: string }[] | undefined;
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
  const notAfter = set.manifest?.notAfter;
  return [
    ...(set.owner === wanted.projectId ? [] : [`it belongs to project ${set.owner}`]),
    ...set.defects,
    ...(notAfter != null && Date.parse(notAfter) <= wanted.now.getTime()
      ? [`its cluster's certificates expired at ${notAfter}`]
      : []),
    ...fitProblems(set, wanted),
  ];
}

function named(sets: readonly SnapsetRecord[], wanted: Wanted): SnapsetRecord {
  const found = sets.filter((set) => set.snapId === wanted.snapId);
  if (found.length > 1) {
    throw new InputError("snapId", [
      `${wanted.snapId} names ${found.length} sets, in projects ` +
        `${found.map((set) => set.owner).join(" and ")}: restore it where it is the only one`,
    ]);
  }
  const [set] = found;
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
  const usable = newestFirst.find((set) => refusals(set, wanted).length === 0);
  if (usable !== undefined) return usable;
  throw new InputError("snapId", [
    "latest: there is no set that can be restored",
    ...newestFirst
      .slice(0, 5)
      .map((set) => `set ${set.snapId}: ${refusals(set, wanted).join("; ")}`),
  ]);
}

function fitProblems(set: SnapsetRecord, { nodes }: Wanted): string[] {
  if (nodes === undefined) {
    return set.manifest?.environment == null
      ? ["it holds no environment of its own: name one with snapset:environment"]
      : [];
  }
  return nodes.flatMap(({ name, role }) => {
    const member = set.members.find((candidate) => candidate.name === name);
    if (member === undefined) {
      const names = set.members.map((candidate) => candidate.name).join(", ");
      return [`it has no image of node ${name}; it has ${names}`];
    }
    return member.role === role
      ? []
      : [`its ${name} is a ${member.role}, the environment's is a ${role}`];
  });
}
