/** Every version of HOT that can be read, oldest first; from 2016-10-14 on they have names, too. */
const versions: readonly (readonly string[])[] = [
  ["2013-05-23"],
  ["2014-10-16"],
  ["2015-04-30"],
  ["2015-10-15"],
  ["2016-04-08"],
  ["2016-10-14", "newton"],
  ["2017-02-24", "ocata"],
  ["2017-09-01", "pike"],
  ["2018-03-02", "queens"],
  ["2018-08-31", "rocky"],
  ["2021-04-16", "wallaby"],
];

/** A version's rank among all; undefined for one that is not known. */
export function versionRank(version: string): number | undefined {
  const rank = versions.findIndex((names) => names.includes(version));
  return rank < 0 ? undefined : rank;
}

/** The rank of a version that is known for sure. */
export function rankOf(version: string): number {
  const rank = versionRank(version);
  if (rank === undefined) throw new Error(`no version ${version}`);
  return rank;
}

export function versionName(rank: number): string {
  return versions[rank]?.at(-1) ?? "";
}

export const knownVersions = versions.map((names) => names.join(" or ")).join(", ");
