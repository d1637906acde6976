import { resources, type Resource } from "./resources";

/** `GET /apis`. */
export function apiGroupList(isServed: (group: string) => boolean) {
  return { kind: "APIGroupList", apiVersion: "v1", groups: groupNames(isServed).map(apiGroup) };
}

/** `GET /apis/{group}`. */
export function apiGroup(name: string) {
  const version = { groupVersion: `${name}/v1`, version: "v1" };
  return {
    kind: "APIGroup",
    apiVersion: "v1",
    name,
    versions: [version],
    preferredVersion: version,
  };
}

/** `GET /api`. */
export function apiVersions() {
  return { kind: "APIVersions", versions: ["v1"], serverAddressByClientCIDRs: [] };
}

/** `GET /api/v1` and `GET /apis/{group}/{version}`. */
export function apiResourceList(group: string) {
  return {
    kind: "APIResourceList",
    apiVersion: "v1",
    groupVersion: group === "" ? "v1" : `${group}/v1`,
    resources: resources.filter((resource) => resource.group === group).map(apiResource),
  };
}

/** `GET /version`, which anybody may read. */
export const serverVersion = {
  major: "1",
  minor: "31",
  gitVersion: "v1.31.7",
  gitCommit: "",
  gitTreeState: "clean",
  buildDate: "2026-01-01T00:00:00Z",
  goVersion: "go1.22",
  compiler: "gc",
  platform: "linux/amd64",
};

function groupNames(isServed: (group: string) => boolean): string[] {
  const names = new Set(resources.map((resource) => resource.group));
  return [...names].filter((name) => name !== "" && isServed(name));
}

function apiResource({ plural, kind, namespaced, verbs, shortNames }: Resource) {
  return { name: plural, singularName: kind.toLowerCase(), namespaced, kind, verbs, shortNames };
}
