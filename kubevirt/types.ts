/** Of an object's metadata what is looked at; the field names in this file are the API's. */
export interface ObjectMeta {
  name: string;
  namespace?: string;
  uid: string;
  /** Counts changes of `spec`. */
  generation?: number;
  creationTimestamp: string;
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

export interface Condition {
  type: string;
  status: "True" | "False" | "Unknown";
  reason?: string;
  message?: string;
  lastTransitionTime?: string | null;
}

/** One disk of a machine: a name and, beside it, the one source that it has. */
export interface Volume {
  name: string;
  [source: string]: unknown;
}

/** kubevirt `api/core/v1/types.go`, VirtualMachine. */
export interface VirtualMachine {
  metadata: ObjectMeta;
  spec: {
    runStrategy?: string;
    /** What older machines have in place of `runStrategy`. */
    running?: boolean;
    template: {
      spec: {
        domain: {
          devices: { interfaces?: { name: string; macAddress?: string }[] };
          firmware?: { uuid?: string };
        };
        volumes?: Volume[];
        /** Seconds. */
        terminationGracePeriodSeconds?: number;
      };
    };
  };
  status?: {
    printableStatus?: string;
    conditions?: Condition[];
    volumeSnapshotStatuses?: { name: string; enabled: boolean; reason?: string }[];
    snapshotInProgress?: string;
    restoreInProgress?: string;
    /** What was asked for by a subresource and is not done yet. */
    stateChangeRequests?: { action: string }[];
  };
}

/** The running machine; there is none while it is off. */
export interface VirtualMachineInstance {
  metadata: ObjectMeta;
  status?: {
    phase?: string;
    conditions?: Condition[];
    interfaces?: { name?: string; mac?: string }[];
    /** `frozen` while the guest's file systems take no writes; polled from the agent. */
    fsFreezeStatus?: string;
  };
}

/** kubevirt `api/snapshot/v1beta1/types.go`, Error. */
interface SnapshotError {
  time?: string | null;
  message?: string;
}

/** kubevirt `api/snapshot/v1beta1/types.go`, VirtualMachineSnapshot; v1alpha1 has the same fields. */
export interface VirtualMachineSnapshot {
  metadata: ObjectMeta;
  spec: {
    source: { apiGroup?: string; kind: string; name: string };
    deletionPolicy?: string;
    failureDeadline?: string;
  };
  status?: {
    phase?: string;
    readyToUse?: boolean;
    creationTime?: string | null;
    sourceUID?: string;
    virtualMachineSnapshotContentName?: string;
    error?: SnapshotError | null;
    conditions?: Condition[];
    indications?: string[];
    sourceIndications?: { indication: string; message?: string }[];
    snapshotVolumes?: { includedVolumes?: string[]; excludedVolumes?: string[] };
  };
}

/** What a snapshot provisioned: a copy of the machine, and the volumes' snapshots. */
export interface VirtualMachineSnapshotContent {
  metadata: ObjectMeta;
  spec: {
    virtualMachineSnapshotName?: string;
    source: { virtualMachine?: Pick<VirtualMachine, "metadata" | "spec"> };
    volumeBackups?: {
      volumeName: string;
      volumeSnapshotName?: string;
      persistentVolumeClaim?: {
        metadata?: { name?: string };
        spec?: { storageClassName?: string; resources?: { requests?: { storage?: string } } };
      };
    }[];
  };
  status?: {
    readyToUse?: boolean;
    creationTime?: string | null;
    error?: SnapshotError | null;
    volumeSnapshotStatus?: {
      volumeSnapshotName: string;
      readyToUse?: boolean;
      error?: SnapshotError | null;
    }[];
  };
}

export interface VirtualMachineRestore {
  metadata: ObjectMeta;
  spec: { target: { name: string }; virtualMachineSnapshotName: string };
  status?: {
    complete?: boolean;
    restoreTime?: string | null;
    conditions?: Condition[];
    restores?: { volumeName: string; persistentVolumeClaim: string }[];
    deletedDataVolumes?: string[];
  };
}

export interface ConfigMap {
  metadata: ObjectMeta;
  data?: Record<string, string>;
}

/** An object to be made; the API fills in the rest. */
export interface NewObject {
  metadata: { name: string; labels?: Record<string, string>; annotations?: Record<string, string> };
  spec?: unknown;
  data?: Record<string, string>;
}

/** Labels and annotations to be set; null removes one. */
export interface MetadataPatch {
  labels?: Record<string, string | null>;
  annotations?: Record<string, string | null>;
}
