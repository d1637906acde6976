/** A resource of one namespace: where it is served, and how messages call it. */
export interface Resource {
  apiVersion: string;
  kind: string;
  plural: string;
}

/** The versions of KubeVirt's API groups that a cluster serves and we speak. */
export interface ApiVersions {
  /** Of `snapshot.kubevirt.io`. */
  snapshot: "v1beta1" | "v1alpha1";
  /** Of `subresources.kubevirt.io`. */
  subresources: "v1" | "v1alpha3";
}

/**
 * The newest versions that are served of those we know; undefined for what there is none of.
 *
 * @param served group versions as `/apis` lists them, e.g. `kubevirt.io/v1`
 */
export function chooseVersions(served: ReadonlySet<string>): {
  [K in keyof ApiVersions]: ApiVersions[K] | undefined;
} {
  const newest = <V extends string>(group: string, versions: readonly V[]): V | undefined =>
    versions.find((version) => served.has(`${group}/${version}`));
  return {
    snapshot: newest("snapshot.kubevirt.io", ["v1beta1", "v1alpha1"]),
    subresources: newest("subresources.kubevirt.io", ["v1", "v1alpha3"]),
  };
}

/** Every resource that we touch. */
export function resourcesOf({ snapshot }: ApiVersions) {
  const core = (kind: string, plural: string): Resource => ({
    apiVersion: "kubevirt.io/v1",
    kind,
    plural,
  });
  const ofSnapshots = (kind: string, plural: string): Resource => ({
    apiVersion: `snapshot.kubevirt.io/${snapshot}`,
    kind,
    plural,
  });
  return {
    machines: core("VirtualMachine", "virtualmachines"),
    instances: core("VirtualMachineInstance", "virtualmachineinstances"),
    snapshots: ofSnapshots("VirtualMachineSnapshot", "virtualmachinesnapshots"),
    contents: ofSnapshots("VirtualMachineSnapshotContent", "virtualmachinesnapshotcontents"),
    restores: ofSnapshots("VirtualMachineRestore", "virtualmachinerestores"),
    configMaps: { apiVersion: "v1", kind: "ConfigMap", plural: "configmaps" },
  };
}

/** Path of a collection; of an object with its name behind it. */
export function pathOf({ apiVersion, plural }: Resource, namespace: string, name = ""): string {
  const root = apiVersion.includes("/") ? "/apis" : "/api";
  const path = `${root}/${apiVersion}/namespaces/${encodeURIComponent(namespace)}/${plural}`;
  return name === "" ? path : `${path}/${encodeURIComponent(name)}`;
}

/** What stands on a machine or a running one: kubevirt `pkg/virt-api/api.go`. */
export type Subresource =
  | { plural: "virtualmachines"; verb: "start" | "stop" }
  | { plural: "virtualmachineinstances"; verb: "freeze" | "unfreeze" };

export function subresourcePath(
  { subresources }: ApiVersions,
  { plural, verb }: Subresource,
  namespace: string,
  name: string,
): string {
  const resource = { apiVersion: `subresources.kubevirt.io/${subresources}`, kind: "", plural };
  return `${pathOf(resource, namespace, name)}/${verb}`;
}
