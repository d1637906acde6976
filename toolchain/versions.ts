/** A version's numbers, e.g. `[3, 259, 0]`. */
export type Version = readonly [major: number, minor: number, patch: number];

/** The first version in a text: `v3.259.0`, `go version go1.26.8 linux/amd64`, `go1.26rc1`. */
export function parseVersion(text: string): Version | undefined {
  const found = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  if (found === null) return undefined;
  return [Number(found[1]), Number(found[2]), Number(found[3] ?? 0)];
}

/** Whether `version` is `minimum` or newer. */
export function isAtLeast(version: Version, minimum: Version): boolean {
  for (const [i, part] of version.entries()) {
    const least = minimum[i] ?? 0;
    if (part !== least) return part > least;
  }
  return true;
}

/** `[3, 150, 0]` → `3.150.0` */
export function formatVersion(version: Version): string {
  return version.join(".");
}
