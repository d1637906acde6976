/** Metadata as every object of the API has it. */
export interface ObjectMeta {
  name: string;
  generateName?: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  ownerReferences?: OwnerReference[];
  managedFields?: unknown[];
}

export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

/** An object of whatever kind. */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  spec?: unknown;
  status?: unknown;
  [field: string]: unknown;
}

export interface Condition {
  type: string;
  status: "True" | "False" | "Unknown";
  reason?: string;
  message?: string;
  lastTransitionTime?: string | null;
  lastProbeTime?: string | null;
}

/** As `metav1.Time` and a text: the last error of a snapshot. */
export interface SnapshotError {
  time?: string;
  message?: string;
}

export type RunStrategy = "Always" | "RerunOnFailure" | "Manual" | "Halted" | "Once";

export interface Disk {
  name: string;
  [field: string]: unknown;
}

/** A volume of a machine: exactly one of its sources is set. */
export interface Volume {
  name: string;
  dataVolume?: { name: string };
  persistentVolumeClaim?: { claimName: string };
  memoryDump?: { claimName: string };
  [source: string]: unknown;
}

export interface InstanceSpec {
  domain: { devices: { disks?: Disk[]; interfaces?: unknown[] }; [field: string]: unknown };
  volumes?: Volume[];
  terminationGracePeriodSeconds?: number;
  [field: string]: unknown;
}

export interface DataVolumeTemplate {
  metadata: { name: string; [field: string]: unknown };
  spec: { pvc?: ClaimSpec; [field: string]: unknown };
}

export interface VirtualMachineSpec {
  running?: boolean;
  runStrategy?: RunStrategy;
  dataVolumeTemplates?: DataVolumeTemplate[];
  template: { metadata?: Partial<ObjectMeta>; spec: InstanceSpec };
  [field: string]: unknown;
}

export interface StateChangeRequest {
  action: "Start" | "Stop";
  uid?: string;
  data?: Record<string, string>;
}

export interface VirtualMachineStatus {
  created?: boolean;
  ready?: boolean;
  printableStatus?: string;
  runStrategy?: RunStrategy;
  conditions?: Condition[];
  stateChangeRequests?: StateChangeRequest[];
  volumeSnapshotStatuses?: { name: string; enabled: boolean; reason?: string }[];
  snapshotInProgress?: string;
  restoreInProgress?: string;
}

export interface VirtualMachine extends KubeObject {
  spec: VirtualMachineSpec;
  status?: VirtualMachineStatus;
}

export interface InstanceStatus {
  phase?: "Pending" | "Scheduling" | "Scheduled" | "Running" | "Succeeded" | "Failed" | "Unknown";
  conditions?: Condition[];
  guestOSInfo?: Record<string, string>;
  fsFreezeStatus?: string;
  interfaces?: unknown[];
  nodeName?: string;
}

export interface VirtualMachineInstance extends KubeObject {
  spec: InstanceSpec;
  status?: InstanceStatus;
}

export interface ClaimSpec {
  accessModes?: string[];
  resources?: { requests?: Record<string, string> };
  storageClassName?: string;
  volumeMode?: string;
  volumeName?: string;
  dataSource?: { apiGroup?: string; kind: string; name: string };
  dataSourceRef?: { apiGroup?: string; kind: string; name: string };
}

export interface Claim extends KubeObject {
  spec: ClaimSpec;
  status?: { phase?: string; capacity?: Record<string, string>; accessModes?: string[] };
}

export interface DataVolume extends KubeObject {
  spec: { pvc?: ClaimSpec; [field: string]: unknown };
  status?: { phase?: string; progress?: string; claimName?: string; conditions?: Condition[] };
}

export interface VolumeSnapshot extends KubeObject {
  spec: { source: { persistentVolumeClaimName?: string }; volumeSnapshotClassName?: string };
  status?: {
    boundVolumeSnapshotContentName?: string;
    creationTime?: string;
    readyToUse?: boolean;
    restoreSize?: string;
    error?: SnapshotError;
  };
}

export interface LocalReference {
  apiGroup?: string;
  kind: string;
  name: string;
}

export interface VmSnapshotStatus {
  phase?: "InProgress" | "Succeeded" | "Failed" | "Deleting" | "Unknown";
  readyToUse?: boolean;
  creationTime?: string | null;
  sourceUID?: string;
  virtualMachineSnapshotContentName?: string;
  error?: SnapshotError;
  conditions?: Condition[];
  indications?: string[];
  sourceIndications?: { indication: string; message: string }[];
  snapshotVolumes?: { includedVolumes?: string[]; excludedVolumes?: string[] };
}

export interface VmSnapshot extends KubeObject {
  spec: {
    source: LocalReference;
    deletionPolicy?: "Delete" | "Retain";
    /** As Go writes durations, e.g. `5m0s`. */
    failureDeadline?: string;
  };
  status?: VmSnapshotStatus;
}

/** A copy of a machine: its metadata and its specification. */
export interface SourceVm {
  metadata: ObjectMeta;
  spec: VirtualMachineSpec;
  status?: VirtualMachineStatus;
}

export interface VolumeBackup {
  volumeName: string;
  persistentVolumeClaim: { metadata: ObjectMeta; spec: ClaimSpec };
  volumeSnapshotName?: string;
}

export interface VolumeSnapshotStatus {
  volumeSnapshotName: string;
  creationTime?: string | null;
  readyToUse?: boolean;
  error?: SnapshotError;
}

export interface VmSnapshotContent extends KubeObject {
  spec: {
    virtualMachineSnapshotName: string;
    source: { virtualMachine: SourceVm };
    volumeBackups?: VolumeBackup[];
  };
  status?: {
    creationTime?: string | null;
    readyToUse?: boolean;
    error?: SnapshotError;
    volumeSnapshotStatus?: VolumeSnapshotStatus[];
  };
}

export interface VolumeRestore {
  volumeName: string;
  persistentVolumeClaim: string;
  volumeSnapshotName: string;
  dataVolumeName?: string;
}

export interface VmRestore extends KubeObject {
  spec: {
    target: LocalReference;
    virtualMachineSnapshotName: string;
    targetReadinessPolicy?: "StopTarget" | "WaitGracePeriod" | "FailImmediate" | "WaitEventually";
    volumeRestorePolicy?: "RandomizeNames" | "InPlace" | "PrefixTargetName";
    volumeOwnershipPolicy?: "Vm" | "None";
    volumeRestoreOverrides?: {
      volumeName?: string;
      restoreName?: string;
      labels?: Record<string, string>;
      annotations?: Record<string, string>;
    }[];
    patches?: string[];
  };
  status?: {
    complete?: boolean;
    restoreTime?: string;
    restores?: VolumeRestore[];
    deletedDataVolumes?: string[];
    conditions?: Condition[];
  };
}
