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

function groupNames(isServed: (group: string) => boolean): string[] {
  const names = new Set(resources.map((resource) => resource.group));
  return [...names].filter((name) => name !== "" && isServed(name));
}

function apiResource({ plural, kind, namespaced, verbs, shortNames }: Resource) {
  return { name: plural, singularName: kind.toLowerCase(), namespaced, kind, verbs, shortNames };
}
