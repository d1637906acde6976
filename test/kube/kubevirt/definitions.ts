import {
  apiVersionOf,
  customTypes,
  pathOf,
  schemaOf,
  storageObjects,
  subresourceVersions,
  webhookNames,
  type ResourceType,
  type Served,
} from "../../../sandbox/kubevirt";
import type { KubeObject } from "../Api";
import type { Seeded } from "../objects";

/** Where KubeVirt itself is, and the service that its API is behind. */
export const kubevirtNamespace = "kubevirt";
export const virtApi = "virt-api";

const crds = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

/** KubeVirt's and the storage's types: names, versions and status subresources are the real ones'. */
export function definitions(served: Served): Seeded[] {
  return customTypes.map((type) => ({ collection: crds, object: definition(type, served) }));
}

function definition(type: ResourceType, served: Served): KubeObject {
  const { group, plural, kind, shortNames, isNamespaced, hasStatus, versions } = type;
  const allowed = served[group] ?? versions;
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: {
      name: `${plural}.${group}`,
      annotations: { "api-approved.kubernetes.io": "https://github.com/kubernetes/enhancements" },
    },
    spec: {
      group,
      scope: isNamespaced ? "Namespaced" : "Cluster",
      names: { plural, kind, shortNames, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: versions.map((name) => ({
        name,
        served: allowed.includes(name),
        storage: name === (allowed[0] ?? versions[0]),
        schema: { openAPIV3Schema: schemaOf(type) },
        ...(hasStatus && { subresources: { status: {} } }),
      })),
    },
  };
}

/** The storage classes. */
export function storage(): Seeded[] {
  return storageObjects().map(({ type, object }) => ({
    collection: pathOf(type),
    object: object as KubeObject,
  }));
}

/** What makes the API server ask the stand-in for virt-api, which listens on loopback. */
export function aggregation(port: number, ca: string): Seeded[] {
  const service: Seeded = {
    collection: `/api/v1/namespaces/${kubevirtNamespace}/services`,
    object: {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: virtApi, namespace: kubevirtNamespace },
      spec: { type: "ExternalName", externalName: "localhost", ports: [{ port }] },
    },
  };
  const group = "subresources.kubevirt.io";
  const services = subresourceVersions.map((version) => ({
    collection: "/apis/apiregistration.k8s.io/v1/apiservices",
    object: {
      apiVersion: "apiregistration.k8s.io/v1",
      kind: "APIService",
      metadata: { name: `${version}.${group}` },
      spec: {
        group,
        version,
        service: { namespace: kubevirtNamespace, name: virtApi, port },
        caBundle: btoa(ca),
        groupPriorityMinimum: 1000,
        versionPriority: 15,
      },
    },
  }));
  return [service, ...services];
}

/** KubeVirt's webhooks: the stand-in says who may write what. */
export function webhooks(types: readonly ResourceType[], url: string, ca: string): Seeded[] {
  const webhook = (type: ResourceType, name: string, path: string, operations: string[]) => ({
    name,
    clientConfig: { url: `${url}/${path}/${type.plural}`, caBundle: btoa(ca) },
    rules: [
      {
        apiGroups: [type.group],
        apiVersions: type.versions,
        resources: [type.plural],
        operations,
      },
    ],
    admissionReviewVersions: ["v1"],
    sideEffects: "None",
    failurePolicy: "Fail",
  });
  const validating = types.map((type) =>
    webhook(type, webhookNames[type.plural] ?? "", "validate", ["CREATE", "UPDATE"]),
  );
  const mutating = types
    .filter(({ kind }) => kind === "VirtualMachine")
    .map((type) => webhook(type, "virtualmachines-mutator.kubevirt.io", "mutate", ["CREATE"]));
  return [
    configuration("ValidatingWebhookConfiguration", "virt-api-validator", validating),
    configuration("MutatingWebhookConfiguration", "virt-api-mutator", mutating),
  ];
}

function configuration(kind: string, name: string, all: object[]): Seeded {
  const apiVersion = "admissionregistration.k8s.io/v1";
  return {
    collection: `/apis/${apiVersion}/${kind.toLowerCase()}s`,
    object: { apiVersion, kind, metadata: { name }, webhooks: all },
  };
}

/** `apiVersion` and `kind`, which lists of built-in types leave out. */
export function typed(type: ResourceType, object: KubeObject): KubeObject {
  return { ...object, apiVersion: apiVersionOf(type), kind: type.kind };
}
