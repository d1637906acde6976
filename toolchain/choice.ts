import { InputError } from "../common/errors";
import { formatVersion, isAtLeast, parseVersion, type Version } from "./versions";

/** The oldest Pulumi that knows every flag and behaviour that the program relies on. */
const oldestPulumi: Version = [3, 150, 0];
/** The oldest Go that the toolchain's modules compile with. */
export const oldestGo: Version = [1, 26, 0];

/** What the commands found on PATH say of themselves; undefined where there is none. */
export interface Found {
  /** Output of `pulumi version`. */
  pulumi: string | undefined;
  /** Output of `go version`. */
  go: string | undefined;
}

/** Where the Pulumi command comes from. */
export type Choice =
  | { kind: "installed"; version: string }
  /** `because` says why an installed Pulumi is passed over. */
  | { kind: "build"; goVersion: string; because: string | undefined };

/**
 * An installed Pulumi comes first, since it gets its plugins by itself; else all is built.
 *
 * @throws {InputError} in one sentence that says what to install
 */
export function chooseToolchain(found: Found): Choice {
  const pulumi = parseVersion(found.pulumi ?? "");
  if (pulumi !== undefined && isAtLeast(pulumi, oldestPulumi)) {
    return { kind: "installed", version: formatVersion(pulumi) };
  }
  const go = parseVersion(found.go ?? "");
  if (found.go !== undefined && go !== undefined && isAtLeast(go, oldestGo)) {
    const because = pulumi && `pulumi ${formatVersion(pulumi)} on PATH is too old`;
    return { kind: "build", goVersion: found.go.trim(), because };
  }
  throw new InputError("toolchain", [whatToInstall(pulumi, go)]);
}

function whatToInstall(pulumi: Version | undefined, go: Version | undefined): string {
  const seen = [
    pulumi === undefined ? "no pulumi" : `pulumi ${formatVersion(pulumi)}`,
    go === undefined ? "no go" : `go ${formatVersion(go)}`,
  ];
  return (
    `install Pulumi ${formatVersion(oldestPulumi)} or newer (https://www.pulumi.com/docs/install/) ` +
    `or Go ${oldestGo[0]}.${oldestGo[1]} or newer (https://go.dev/dl/); ` +
    `on PATH there is ${seen.join(" and ")}`
  );
}
