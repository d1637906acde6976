import { versionsOf, type Served } from "./apiRequest";
import { apiVersionOf, resourceTypes, type ResourceType } from "./resources";
import { subresourceNames } from "./subresources";

const subresourceGroup = "subresources.kubevirt.io";
/** Versions of the aggregated API. */
export const subresourceVersions = ["v1", "v1alpha3"];
const verbs = ["create", "delete", "get", "list", "patch", "update", "watch"];

/** What the API serves, for whoever asks; undefined for another path. */
export function discover(path: readonly string[], served: Served): object | undefined {
  const [root, group, version, ...rest] = path;
  if (rest.length > 0) return undefined;
  if (root === "api" && group === undefined) return { kind: "APIVersions", versions: ["v1"] };
  if (root === "api" && version === undefined) return resourceList("", "v1", served);
  if (root !== "apis") return undefined;
  if (group === undefined) {
    const names = [...new Set(resourceTypes.map((type) => type.group)), subresourceGroup];
    const groups = names.filter((name) => name !== "").map((name) => groupOf(name, served));
    return { kind: "APIGroupList", apiVersion: "v1", groups };
  }
  const versions = versionsOfGroup(group, served);
  if (versions.length === 0) return undefined;
  if (version === undefined)
    return { kind: "APIGroup", apiVersion: "v1", ...groupOf(group, served) };
  return versions.includes(version) ? resourceList(group, version, served) : undefined;
}

function versionsOfGroup(group: string, served: Served): readonly string[] {
  if (group === subresourceGroup) return subresourceVersions;
  const type = resourceTypes.find((it) => it.group === group);
  return type ? versionsOf(type, served) : [];
}

function groupOf(name: string, served: Served) {
  const versions = versionsOfGroup(name, served).map((version) => ({
    groupVersion: `${name}/${version}`,
    version,
  }));
  return { name, versions, preferredVersion: versions[0] };
}

/** `GET /apis/{group}/{version}` of the aggregated API. */
export function subresourceList(version: string) {
  return resourceList(subresourceGroup, version, {});
}

function resourceList(group: string, version: string, served: Served) {
  const resources =
    group === subresourceGroup
      ? subresourceNames.map(subresourceOf)
      : resourceTypes
          .filter((type) => type.group === group && versionsOf(type, served).includes(version))
          .flatMap(resourcesOf);
  const groupVersion = group === "" ? version : `${group}/${version}`;
  return { kind: "APIResourceList", apiVersion: "v1", groupVersion, resources };
}

function resourcesOf(type: ResourceType) {
  const { plural, kind, shortNames, isNamespaced, hasStatus } = type;
  const singularName = kind.toLowerCase();
  const own = { name: plural, singularName, namespaced: isNamespaced, kind, verbs, shortNames };
  const status = {
    name: `${plural}/status`,
    singularName: "",
    namespaced: isNamespaced,
    kind,
    verbs: ["get", "patch", "update"],
  };
  return hasStatus ? [own, status] : [own];
}

function subresourceOf(name: (typeof subresourceNames)[number]) {
  const isRead = name.endsWith("guestosinfo");
  const [plural = ""] = name.split("/");
  const type = resourceTypes.find((it) => it.plural === plural);
  const kind = type?.kind ?? "";
  const verb = isRead ? "get" : "update";
  return {
    name,
    singularName: "",
    namespaced: true,
    kind,
    verbs: [verb],
    group: type && apiVersionOf(type).split("/")[0],
  };
}
