import type {
  Claim,
  DataVolume,
  KubeObject,
  VirtualMachine,
  VirtualMachineInstance,
  VmRestore,
  VmSnapshot,
  VmSnapshotContent,
  VolumeSnapshot,
} from "./types";

/** A type of objects that the API serves. */
export interface ResourceType<T extends KubeObject = KubeObject> {
  group: string;
  /** The one that objects are stored in comes first. */
  versions: readonly string[];
  plural: string;
  kind: string;
  isNamespaced: boolean;
  /** Whether the status is a subresource: else it is written with the rest. */
  hasStatus: boolean;
  shortNames: readonly string[];
  /** There is none: only for the compiler. */
  readonly object?: T;
}

const snapshotVersions = ["v1beta1", "v1alpha1"];
const kubevirtVersions = ["v1", "v1alpha3"];

export const virtualMachines = type<VirtualMachine>("kubevirt.io", kubevirtVersions, {
  plural: "virtualmachines",
  kind: "VirtualMachine",
  shortNames: ["vm", "vms"],
});

/** KubeVirt's own has no status subresource either. */
export const instances = type<VirtualMachineInstance>("kubevirt.io", kubevirtVersions, {
  plural: "virtualmachineinstances",
  kind: "VirtualMachineInstance",
  shortNames: ["vmi", "vmis"],
  hasStatus: false,
});

export const snapshots = type<VmSnapshot>("snapshot.kubevirt.io", snapshotVersions, {
  plural: "virtualmachinesnapshots",
  kind: "VirtualMachineSnapshot",
  shortNames: ["vmsnapshot", "vmsnapshots"],
});

export const contents = type<VmSnapshotContent>("snapshot.kubevirt.io", snapshotVersions, {
  plural: "virtualmachinesnapshotcontents",
  kind: "VirtualMachineSnapshotContent",
  shortNames: ["vmsnapshotcontent", "vmsnapshotcontents"],
});

export const restores = type<VmRestore>("snapshot.kubevirt.io", snapshotVersions, {
  plural: "virtualmachinerestores",
  kind: "VirtualMachineRestore",
  shortNames: ["vmrestore", "vmrestores"],
});

export const dataVolumes = type<DataVolume>("cdi.kubevirt.io", ["v1beta1"], {
  plural: "datavolumes",
  kind: "DataVolume",
  shortNames: ["dv", "dvs"],
});

export const volumeSnapshots = type<VolumeSnapshot>("snapshot.storage.k8s.io", ["v1"], {
  plural: "volumesnapshots",
  kind: "VolumeSnapshot",
  shortNames: ["vs"],
});

export const volumeSnapshotClasses = type("snapshot.storage.k8s.io", ["v1"], {
  plural: "volumesnapshotclasses",
  kind: "VolumeSnapshotClass",
  shortNames: ["vsclass"],
  isNamespaced: false,
  hasStatus: false,
});

export const claims = type<Claim>("", ["v1"], {
  plural: "persistentvolumeclaims",
  kind: "PersistentVolumeClaim",
  shortNames: ["pvc"],
});

export const persistentVolumes = type("", ["v1"], {
  plural: "persistentvolumes",
  kind: "PersistentVolume",
  shortNames: ["pv"],
  isNamespaced: false,
});

export const storageClassType = type("storage.k8s.io", ["v1"], {
  plural: "storageclasses",
  kind: "StorageClass",
  shortNames: ["sc"],
  isNamespaced: false,
  hasStatus: false,
});

/** What KubeVirt and the storage bring along: on a cluster of their own these are custom resources. */
export const customTypes: readonly ResourceType[] = [
  virtualMachines,
  instances,
  snapshots,
  contents,
  restores,
  dataVolumes,
  volumeSnapshots,
  volumeSnapshotClasses,
];

/** Everything that the model's API serves. */
export const resourceTypes: readonly ResourceType[] = [
  ...customTypes,
  claims,
  persistentVolumes,
  storageClassType,
  type("", ["v1"], {
    plural: "namespaces",
    kind: "Namespace",
    shortNames: ["ns"],
    isNamespaced: false,
  }),
  type("", ["v1"], { plural: "pods", kind: "Pod", shortNames: ["po"] }),
  type("", ["v1"], { plural: "secrets", kind: "Secret", shortNames: [], hasStatus: false }),
  type("", ["v1"], {
    plural: "configmaps",
    kind: "ConfigMap",
    shortNames: ["cm"],
    hasStatus: false,
  }),
];

/** `group/version` of a type, of the version that its objects are stored in. */
export function apiVersionOf(
  { group, versions }: ResourceType,
  version = versions[0] ?? "",
): string {
  return group === "" ? version : `${group}/${version}`;
}

/** `plural.group`, as errors name a type. */
export function nameOf({ group, plural }: ResourceType): string {
  return group === "" ? plural : `${plural}.${group}`;
}

/** Path of a collection or, with a name, of an object. @param version the one that is stored, by default */
export function pathOf(
  resource: ResourceType,
  namespace?: string,
  name?: string,
  version?: string,
): string {
  const base = resource.group === "" ? "/api" : "/apis";
  const place = resource.isNamespaced && namespace !== undefined ? `/namespaces/${namespace}` : "";
  const end = name === undefined ? "" : `/${name}`;
  return `${base}/${apiVersionOf(resource, version)}${place}/${resource.plural}${end}`;
}

function type<T extends KubeObject = KubeObject>(
  group: string,
  versions: readonly string[],
  rest: Pick<ResourceType, "plural" | "kind" | "shortNames"> &
    Partial<Pick<ResourceType, "isNamespaced" | "hasStatus">>,
): ResourceType<T> {
  return { group, versions, isNamespaced: true, hasStatus: true, ...rest };
}
