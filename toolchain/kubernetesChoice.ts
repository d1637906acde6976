import { InputError } from "../common/errors";
import { formatVersion, isAtLeast, parseVersion, type Version } from "./versions";

/** The programs of a Kubernetes API, and the oldest of each that the tests are written for. */
export const oldestPrograms: Readonly<Record<string, Version>> = {
  etcd: [3, 5, 0],
  "kube-apiserver": [1, 32, 0],
  "kube-controller-manager": [1, 32, 0],
  kwok: [0, 6, 0],
};

/** What the programs in one place say of their versions; undefined for those that are not there. */
export interface Place {
  /** Undefined: PATH. */
  directory: string | undefined;
  versions: Readonly<Record<string, string | undefined>>;
}

/** Programs found, or the Go that builds them. */
export type KubernetesChoice =
  { kind: "found"; directory: string | undefined } | { kind: "build"; goVersion: string };

/**
 * The first place in which all programs are, and none is too old; else they are built.
 *
 * @param go output of `go version`; it is needed in any case: OpenShift's types are a Go module
 * @throws {InputError} in one sentence that says what to install
 */
export function chooseKubernetes(
  places: readonly Place[],
  go: string | undefined,
  oldestGo: Version,
): KubernetesChoice {
  if (go === undefined || !isRecent(go, oldestGo)) {
    const version = parseVersion(go ?? "");
    const seen = version === undefined ? "no go" : `go ${formatVersion(version)}`;
    throw new InputError("toolchain", [
      `install Go ${oldestGo[0]}.${oldestGo[1]} or newer (https://go.dev/dl/); on PATH there is ${seen}`,
    ]);
  }
  const found = places.find(isComplete);
  if (found) return { kind: "found", directory: found.directory };
  return { kind: "build", goVersion: go.trim() };
}

/** Whether `go version` has said this version or a newer one. */
export function isRecent(go: string, oldestGo: Version): boolean {
  const version = parseVersion(go);
  return version !== undefined && isAtLeast(version, oldestGo);
}

function isComplete({ versions }: Place): boolean {
  return Object.entries(oldestPrograms).every(([name, oldest]) => {
    const version = parseVersion(versions[name] ?? "");
    return version !== undefined && isAtLeast(version, oldest);
  });
}
