import { parse } from "yaml";
import { ApiRefusal } from "./ApiRefusal";
import { resourceTypes, type ResourceType } from "./resources";

/** A request of an API server, taken apart. */
export interface ApiRequest {
  method: string;
  /** Segments after the API server's address. */
  path: readonly string[];
  query: URLSearchParams;
  contentType: string;
  body: string;
}

/** What a request is about, in the version that it is written in. */
export interface Target {
  type: ResourceType;
  version: string;
  namespace: string | undefined;
  name: string | undefined;
  subresource: string | undefined;
}

/** Which versions of a group are served. @default all */
export type Served = Readonly<Record<string, readonly string[]>>;

/** Versions of a type that are served. */
export function versionsOf({ group, versions }: ResourceType, served: Served): readonly string[] {
  return served[group] ?? versions;
}

/** Undefined where no such resource is served. */
export function targetOf(path: readonly string[], served: Served): Target | undefined {
  const [root, ...rest] = path;
  const group = root === "api" ? "" : rest.shift();
  const [version = "", ...place] = rest;
  if ((root !== "api" && root !== "apis") || place.length === 0) return undefined;
  const isOfNamespace = place[0] === "namespaces" && place.length > 2;
  const namespace = isOfNamespace ? place[1] : undefined;
  const [plural, name, subresource] = isOfNamespace ? place.slice(2) : place;
  const type = resourceTypes.find((it) => it.group === group && it.plural === plural);
  if (!type || !versionsOf(type, served).includes(version)) return undefined;
  return { type, version, namespace, name, subresource };
}

/** What a request is about: the plural, with the subresource after a slash, and the name. */
export function aboutOf(path: readonly string[], served: Served) {
  if (path[1] === "subresources.kubevirt.io") {
    return { resource: `${path[5] ?? ""}/${path[7] ?? ""}`, name: path[6] ?? "" };
  }
  const { type, name = "", subresource } = targetOf(path, served) ?? {};
  const plural = type?.plural ?? "";
  return { resource: subresource === undefined ? plural : `${plural}/${subresource}`, name };
}

/** What was sent: JSON, or YAML where something is applied. @throws {ApiRefusal} 400 */
export function documentOf({ body, contentType }: ApiRequest): unknown {
  try {
    if (body === "") return undefined;
    return contentType.endsWith("+yaml") ? (parse(body) as unknown) : (JSON.parse(body) as unknown);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ApiRefusal(400, "BadRequest", `the body of the request cannot be read: ${why}`);
  }
}
