import type { FaultAction } from "../world";
import type { ClusterWorld } from "./clusters";
import type { SignerName } from "./clusterState";
import type { ModelCluster } from "./modelCluster";
import { PatchRefusal, patchNode } from "./nodePatch";
import type { StoredPod } from "./nodePods";
import type { WireObject } from "./objects";
import { podObject } from "./podObjects";
import { aggregatedGroups, resources, type Resource } from "./resources";
import { statusObject } from "./statusObject";

/** What to answer: a body with its status, or what a fault makes of it. */
export type Answer = { status: number; body: object | string } | { fault: FaultAction };

interface ResourceRequest {
  method: string;
  path: string[];
  query: URLSearchParams;
  accept: string;
  contentType: string;
  body: unknown;
}

interface Target {
  resource: Resource;
  namespace: string | undefined;
  name: string | undefined;
  subresource: string | undefined;
}

const verbs: Record<string, string> = {
  POST: "create",
  PUT: "update",
  PATCH: "patch",
  DELETE: "delete",
};

/** Serves a request for objects: read, and the few writes that there are. */
export function serveResource(
  world: ClusterWorld,
  cluster: ModelCluster,
  request: ResourceRequest,
): Answer {
  const target = targetOf(request.path);
  const isServed = (t: Target) =>
    !aggregatedGroups.has(t.resource.group) || cluster.servesAggregated();
  if (!target || !isServed(target))
    return notFound("the server could not find the requested resource");
  const { resource, name } = target;
  const verb = verbs[request.method] ?? (name === undefined ? "list" : "get");
  const kind = target.subresource === "eviction" ? "Eviction" : resource.kind;
  const action = `${verb}${kind}${verb === "list" ? "s" : ""}`;
  const [fault] = world.faults.strike("openshift", action, name === undefined ? [] : [name]);
  if (fault && ("status" in fault || "reset" in fault)) return { fault };
  if (isApproval(target, verb)) return approve(cluster, name ?? "", request.body);
  if (target.subresource === "eviction") return evict(cluster, target);
  if (!resource.verbs.includes(verb)) {
    const message = "the server does not allow this method on the requested resource";
    return { status: 405, body: statusObject(405, "MethodNotAllowed", message) };
  }
  return perform(world, cluster, request, target, verb);
}

function perform(
  world: ClusterWorld,
  cluster: ModelCluster,
  request: ResourceRequest,
  target: Target,
  verb: string,
): Answer {
  const { resource, namespace, name } = target;
  const powerOff = (serverId: string) => void world.powerOffFromInside(serverId);
  if (verb === "create")
    return createPod(world, cluster, request, namespace ?? "default", powerOff);
  const all = resource
    .list(cluster, powerOff)
    .filter((object) => namespace === undefined || object.metadata.namespace === namespace);
  if (verb === "list") return { status: 200, body: listBody(resource, all, request) };
  const object = all.find((candidate) => candidate.metadata.name === name);
  if (!object) return notFound(`${qualified(resource)} "${name ?? ""}" not found`);
  if (verb === "patch") return patch(cluster, object, request);
  if (verb === "delete") {
    if (resource.plural === "pods") cluster.pods.remove(namespace ?? "default", name ?? "");
    else deleteSecret(cluster, name ?? "");
    return { status: 200, body: object };
  }
  return { status: 200, body: wantsMetadata(request) ? metadataOf(object) : object };
}

/** `/api/v1/…` and `/apis/{group}/{version}/…`, with and without namespace and name. */
function targetOf(path: string[]): Target | undefined {
  const group = path[0] === "api" ? "" : path[1];
  const rest = path.slice(path[0] === "api" ? 2 : 3);
  // a namespace is itself a resource: `namespaces/{name}` alone is not a prefix
  const isInNamespace = rest[0] === "namespaces" && rest.length > 2;
  const [plural, name, subresource, ...more] = isInNamespace ? rest.slice(2) : rest;
  const resource = resources.find((r) => r.group === group && r.plural === plural);
  if (!resource || more.length > 0) return undefined;
  if (subresource !== undefined && !subresources.has(`${plural}/${subresource}`)) return undefined;
  return { resource, namespace: isInNamespace ? rest[1] : undefined, name, subresource };
}

/** The subresources that are served. */
const subresources: ReadonlySet<string> = new Set([
  "certificatesigningrequests/approval",
  "pods/eviction",
]);

function isApproval({ subresource }: Target, verb: string): boolean {
  return subresource === "approval" && verb === "update";
}

/** As in pkg/registry/core/pod/storage/eviction.go of Kubernetes. */
function evict(cluster: ModelCluster, { namespace = "", name = "" }: Target): Answer {
  const budget = cluster.faults.budgetOf(`${namespace}/${name}`);
  if (budget !== undefined) {
    const message = "Cannot evict pod as it would violate the pod's disruption budget.";
    const needs = `The disruption budget ${budget} needs 1 healthy pods and has 1 currently`;
    const details = { causes: [{ reason: "DisruptionBudget", message: needs }] };
    return { status: 429, body: { ...statusObject(429, "TooManyRequests", message), details } };
  }
  if (!cluster.workloads.evict(namespace, name)) return notFound(`pods "${name}" not found`);
  return { status: 201, body: { ...statusObject(201, "", ""), status: "Success" } };
}

function approve(cluster: ModelCluster, name: string, body: unknown): Answer {
  const refusal = cluster.requests.approve(name, body);
  const reasons = { 404: "NotFound", 409: "Conflict", 422: "Invalid" } as const;
  if (refusal) {
    const { status, message } = refusal;
    return { status, body: statusObject(status, reasons[status], message) };
  }
  const approved = cluster.requests.objects().find((object) => object.metadata.name === name);
  return { status: 200, body: approved ?? {} };
}

function listBody(resource: Resource, objects: WireObject[], request: ResourceRequest) {
  const matching = objects.filter((object) => isSelected(object, request.query));
  const apiVersion = resource.group === "" ? "v1" : `${resource.group}/v1`;
  const metadata = { resourceVersion: String(Date.now()) };
  return wantsMetadata(request)
    ? {
        kind: "PartialObjectMetadataList",
        apiVersion: "meta.k8s.io/v1",
        metadata,
        items: matching.map(metadataOf),
      }
    : { kind: `${resource.kind}List`, apiVersion, metadata, items: matching };
}

/** Equality selectors, which is what clients of ours and `kubectl get NAME` send. */
function isSelected(object: WireObject, query: URLSearchParams): boolean {
  const labels = terms(query.get("labelSelector"));
  const fields = terms(query.get("fieldSelector"));
  const spec = object.spec as { nodeName?: string } | undefined;
  const status = object.status as { phase?: string } | undefined;
  const values: Record<string, string | undefined> = {
    "metadata.name": object.metadata.name,
    "metadata.namespace": object.metadata.namespace,
    "spec.nodeName": spec?.nodeName,
    "status.phase": status?.phase,
  };
  return (
    labels.every(([key, is, value]) => (object.metadata.labels?.[key] === value) === is) &&
    fields.every(([key, is, value]) => ((values[key] ?? "") === value) === is)
  );
}

/** Key, whether it is to be equal, and to what. */
function terms(selector: string | null): [string, boolean, string][] {
  if (!selector) return [];
  return selector.split(",").map((term) => {
    const [key = "", value = ""] = term.split(/!=|==?/);
    return [key, !term.includes("!="), value];
  });
}

function wantsMetadata({ accept }: ResourceRequest): boolean {
  return accept.includes("as=PartialObjectMetadata");
}

function metadataOf({ metadata }: WireObject) {
  return { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata };
}

function patch(cluster: ModelCluster, object: WireObject, request: ResourceRequest): Answer {
  try {
    return { status: 200, body: patchNode(cluster, object, request.contentType, request.body) };
  } catch (error) {
    if (!(error instanceof PatchRefusal)) throw error;
    return { status: error.status, body: statusObject(error.status, error.reason, error.message) };
  }
}

function createPod(
  world: ClusterWorld,
  cluster: ModelCluster,
  request: ResourceRequest,
  namespace: string,
  powerOff: (serverId: string) => void,
): Answer {
  const posted = request.body as Partial<WireObject> | undefined;
  const name = posted?.metadata?.name;
  if (name === undefined || name === "") {
    const message = "name or generateName is required";
    return { status: 422, body: statusObject(422, "Invalid", message) };
  }
  const pod: StoredPod = {
    namespace,
    name,
    uid: world.ids.uuid(),
    createdAt: cluster.clock.nowMs(),
    ranAt: undefined,
    labels: posted?.metadata?.labels ?? {},
    annotations: posted?.metadata?.annotations ?? {},
    spec: posted?.spec ?? {},
  };
  if (!cluster.pods.add(pod)) {
    const message = `pods "${name}" already exists`;
    return { status: 409, body: statusObject(409, "AlreadyExists", message) };
  }
  cluster.pods.run(powerOff);
  return { status: 201, body: podObject(cluster, pod) };
}

/** Signers' secrets are the only ones that there are. */
function deleteSecret(cluster: ModelCluster, name: string): void {
  if (Object.hasOwn(cluster.state.signers, name)) cluster.deleteSigner(name as SignerName);
}

function qualified({ plural, group }: Resource): string {
  return group === "" ? plural : `${plural}.${group}`;
}

function notFound(message: string): Answer {
  return { status: 404, body: statusObject(404, "NotFound", message) };
}
