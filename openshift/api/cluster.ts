import type {
  ApiService,
  CertificateSigningRequest,
  ClusterOperator,
  ClusterVersion,
  Infrastructure,
  Lease,
  MachineConfigPool,
  Node,
  ObjectMeta,
  Pod,
} from "./types";
import { isNotFound } from "./errors";
import { createPace } from "./pace";
import { callApi, type Call, type Wire } from "./wire";

/** The calls to a cluster's API that we need, named after the API. All throw {@link ClusterError}. */
export interface Cluster {
  /** Address of the API server, for messages. */
  readonly server: string;
  /** The same cluster; its calls end when `signal` aborts, and only then. */
  withSignal(signal: AbortSignal | undefined): Cluster;
  /** The same cluster; no more than so many of its calls begin within any second. */
  withPace(perSecond: number): Cluster;
  /** What the API server's clock says, to the second; undefined when it does not tell. */
  readServerTime(): Promise<Date | undefined>;
  readClusterVersion(): Promise<ClusterVersion>;
  readInfrastructure(): Promise<Infrastructure>;
  /** Every group version that is served, e.g. `route.openshift.io/v1`. */
  listApiGroupVersions(): Promise<string[]>;
  /** Asked once, never repeated: to a stability watch a failed list is an observation of its own. */
  listClusterOperators(): Promise<ClusterOperator[]>;
  listMachineConfigPools(): Promise<MachineConfigPool[]>;
  listApiServices(): Promise<ApiService[]>;
  listNodes(): Promise<Node[]>;
  /** Cordons or uncordons, and sets annotations (null removes one) in the same write. */
  patchNodeUnschedulable(
    name: string,
    unschedulable: boolean,
    annotations?: Record<string, string | null>,
  ): Promise<Node>;
  patchNodeAnnotations(name: string, annotations: Record<string, string | null>): Promise<Node>;
  /**
   * The kubelets' heartbeats (one per node in kube-node-lease) and everybody else's.
   *
   * @param namespace all namespaces when left out
   */
  listLeases(namespace?: string): Promise<Lease[]>;
  listCertificateSigningRequests(): Promise<CertificateSigningRequest[]>;
  /**
   * Writes a request's conditions through its approval subresource: on the request itself they are
   * ignored without a word. Refused with 409 when the request has changed since it was read.
   */
  updateApproval(request: CertificateSigningRequest): Promise<void>;
  /** Name, labels and annotations only: the secret's data never leave the API server. */
  readSecretMetadata(namespace: string, name: string): Promise<ObjectMeta>;
  /** One that is gone already is fine. */
  deleteSecret(namespace: string, name: string): Promise<void>;
  listPods(namespace: string, labelSelector: string): Promise<Pod[]>;
  /** Pods of all namespaces that have not ended, but for those of some nodes. */
  listPodsExceptOn(nodeNames: readonly string[]): Promise<Pod[]>;
  createPod(namespace: string, pod: Pod): Promise<Pod>;
  /**
   * Asks a pod to go, as a drain does: refused with 429 by a disruption budget, and never repeated
   * here. One that is gone already is fine.
   */
  evictPod(namespace: string, name: string): Promise<void>;
  /** Removes a pod at once; one that is gone already is fine. */
  deletePod(namespace: string, name: string): Promise<void>;
}

const config = "/apis/config.openshift.io/v1";
const certificates = "/apis/certificates.k8s.io/v1/certificatesigningrequests";
const leases = "/apis/coordination.k8s.io/v1";
const pools = "/apis/machineconfiguration.openshift.io/v1/machineconfigpools";
const apiServices = "/apis/apiregistration.k8s.io/v1/apiservices";
const mergePatch = "application/merge-patch+json";
// The API server then answers with the metadata alone, whoever asks
// (apiserver/pkg/endpoints/handlers/response.go, targetEncodingForTransform).
const metadataOnly = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

/** A cluster's calls over a wire. */
export function createCluster(server: string, wire: Wire): Cluster {
  const call = (request: Call) => callApi(wire, request);
  return {
    server,
    withSignal: (signal) => createCluster(server, { ...wire, signal }),
    withPace: (perSecond) =>
      createCluster(server, { ...wire, pace: createPace(wire.clock, perSecond) }),
    readServerTime: async () => {
      const request = {
        verb: "get",
        resource: "version",
        path: "/version",
        wants: "date",
      } as const;
      const date = Date.parse(String(await call(request)));
      return Number.isNaN(date) ? undefined : new Date(date);
    },
    ...configCalls(call),
    ...nodeCalls(call),
    ...podCalls(call),
    ...certificateCalls(call),
    listLeases: (namespace) =>
      list<Lease>(call, "leases", `${leases}${inNamespace(namespace)}/leases`),
    readSecretMetadata: async (namespace, name) => {
      const secret = await call({
        verb: "get",
        resource: `secret ${namespace}/${name}`,
        path: `/api/v1${inNamespace(namespace)}/secrets/${name}`,
        accept: metadataOnly,
      });
      return (secret as { metadata: ObjectMeta }).metadata;
    },
    deleteSecret: async (namespace, name) => {
      await call({
        verb: "delete",
        resource: `secret ${namespace}/${name}`,
        path: `/api/v1${inNamespace(namespace)}/secrets/${name}`,
      }).catch((error: unknown) => {
        if (!isNotFound(error)) throw error;
      });
    },
  };
}

type CallFunction = (call: Call) => Promise<unknown>;

function configCalls(call: CallFunction) {
  return {
    readClusterVersion: () =>
      get<ClusterVersion>(call, "clusterversion version", `${config}/clusterversions/version`),
    readInfrastructure: () =>
      get<Infrastructure>(call, "infrastructure cluster", `${config}/infrastructures/cluster`),
    listApiGroupVersions: async () => {
      const groups = await get<{ groups: { versions: { groupVersion: string }[] }[] }>(
        call,
        "API groups",
        "/apis",
      );
      return groups.groups.flatMap((group) => group.versions.map((v) => v.groupVersion));
    },
    listClusterOperators: () =>
      list<ClusterOperator>(call, "clusteroperators", `${config}/clusteroperators`, 1),
    listMachineConfigPools: () => list<MachineConfigPool>(call, "machineconfigpools", pools),
    listApiServices: () => list<ApiService>(call, "apiservices", apiServices),
  };
}

function nodeCalls(call: CallFunction) {
  const patch = async (name: string, body: unknown): Promise<Node> =>
    (await call({
      verb: "patch",
      resource: `node ${name}`,
      path: `/api/v1/nodes/${name}`,
      body,
      contentType: mergePatch,
    })) as Node;
  return {
    listNodes: () => list<Node>(call, "nodes", "/api/v1/nodes"),
    patchNodeUnschedulable: (
      name: string,
      unschedulable: boolean,
      annotations: Record<string, string | null> = {},
    ) =>
      // null, not false: that is what `oc adm uncordon` leaves, a spec without the field
      patch(name, { metadata: { annotations }, spec: { unschedulable: unschedulable || null } }),
    patchNodeAnnotations: (name: string, annotations: Record<string, string | null>) =>
      patch(name, { metadata: { annotations } }),
  };
}

function certificateCalls(call: CallFunction) {
  return {
    listCertificateSigningRequests: () =>
      list<CertificateSigningRequest>(call, "certificatesigningrequests", certificates),
    updateApproval: async (request: CertificateSigningRequest) => {
      const { name } = request.metadata;
      await call({
        verb: "update",
        resource: `approval of certificatesigningrequest ${name}`,
        path: `${certificates}/${encodeURIComponent(name)}/approval`,
        body: {
          apiVersion: "certificates.k8s.io/v1",
          kind: "CertificateSigningRequest",
          ...request,
        },
      });
    },
  };
}

function podCalls(call: CallFunction) {
  return {
    listPods: (namespace: string, labelSelector: string) =>
      list<Pod>(
        call,
        `pods in ${namespace}`,
        `/api/v1${inNamespace(namespace)}/pods?labelSelector=${encodeURIComponent(labelSelector)}`,
      ),
    listPodsExceptOn: (nodeNames: readonly string[]) => {
      const terms = [
        "status.phase!=Succeeded",
        "status.phase!=Failed",
        ...nodeNames.map((name) => `spec.nodeName!=${name}`),
      ];
      const query = `fieldSelector=${encodeURIComponent(terms.join(","))}`;
      return list<Pod>(call, "pods", `/api/v1/pods?${query}`);
    },
    evictPod: async (namespace: string, name: string) => {
      await call({
        verb: "create",
        resource: `eviction of pod ${namespace}/${name}`,
        path: `/api/v1${inNamespace(namespace)}/pods/${name}/eviction`,
        body: { apiVersion: "policy/v1", kind: "Eviction", metadata: { name, namespace } },
      }).catch((error: unknown) => {
        if (!isNotFound(error)) throw error;
      });
    },
    createPod: async (namespace: string, pod: Pod) =>
      (await call({
        verb: "create",
        resource: `pod ${namespace}/${pod.metadata.name}`,
        path: `/api/v1${inNamespace(namespace)}/pods`,
        body: pod,
      })) as Pod,
    deletePod: async (namespace: string, name: string) => {
      await call({
        verb: "delete",
        resource: `pod ${namespace}/${name}`,
        path: `/api/v1${inNamespace(namespace)}/pods/${name}?gracePeriodSeconds=0`,
      }).catch((error: unknown) => {
        if (!isNotFound(error)) throw error;
      });
    },
  };
}

function inNamespace(namespace: string | undefined): string {
  return namespace === undefined ? "" : `/namespaces/${namespace}`;
}

async function get<T>(call: CallFunction, resource: string, path: string): Promise<T> {
  return (await call({ verb: "get", resource, path })) as T;
}

/** No `limit` is sent, so the server answers with the whole list at once: there are no pages. */
async function list<T>(call: CallFunction, resource: string, path: string, attempts = 3) {
  const body = (await call({ verb: "list", resource, path, attempts })) as { items?: T[] | null };
  return body.items ?? [];
}
