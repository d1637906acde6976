/** What of Kubernetes' objects decides about sets of virtual machines; the field names are theirs. */
interface Metadata {
  name: string;
  uid: string;
  /** Counts changes of `spec`. */
  generation?: number;
  creationTimestamp: string;
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

export interface ConditionView {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  lastTransitionTime?: string | null;
}

/** A VirtualMachine. */
export interface VmView {
  metadata: Metadata;
  spec: {
    runStrategy?: string;
    running?: boolean;
    template: {
      spec: {
        domain: {
          devices: { interfaces?: { name: string; macAddress?: string }[] };
          firmware?: { uuid?: string };
        };
        volumes?: { name: string; [source: string]: unknown }[];
        /** Seconds. */
        terminationGracePeriodSeconds?: number;
      };
    };
  };
  status?: {
    conditions?: ConditionView[];
    volumeSnapshotStatuses?: { name: string; enabled: boolean; reason?: string }[];
    snapshotInProgress?: string;
    restoreInProgress?: string;
  };
}

/** A VirtualMachineInstance: the machine while it runs. */
export interface VmiView {
  metadata: Metadata;
  status?: {
    phase?: string;
    conditions?: ConditionView[];
    interfaces?: { name?: string; mac?: string }[];
    fsFreezeStatus?: string;
  };
}

/** A VirtualMachineSnapshot. */
export interface VmSnapshotView {
  metadata: Metadata;
  spec: { source: { kind: string; name: string }; deletionPolicy?: string };
  status?: {
    phase?: string;
    readyToUse?: boolean;
    creationTime?: string | null;
    sourceUID?: string;
    virtualMachineSnapshotContentName?: string;
    error?: { message?: string } | null;
    conditions?: ConditionView[];
    indications?: string[];
    sourceIndications?: { indication: string; message?: string }[];
    snapshotVolumes?: { includedVolumes?: string[]; excludedVolumes?: string[] };
  };
}

/** A VirtualMachineSnapshotContent. */
export interface VmContentView {
  metadata: Metadata;
  spec: {
    virtualMachineSnapshotName?: string;
    source: { virtualMachine?: Pick<VmView, "metadata" | "spec"> };
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
    error?: { message?: string } | null;
    volumeSnapshotStatus?: {
      volumeSnapshotName: string;
      readyToUse?: boolean;
      error?: { message?: string } | null;
    }[];
  };
}

/** A VirtualMachineRestore. */
export interface VmRestoreView {
  metadata: Metadata;
  spec: { target: { name: string }; virtualMachineSnapshotName: string };
  status?: { complete?: boolean; conditions?: ConditionView[] };
}

/** The condition of a type, if it is true. */
export function trueCondition(
  conditions: readonly ConditionView[] | undefined,
  type: string,
): ConditionView | undefined {
  return conditions?.find((it) => it.type === type && it.status === "True");
}

/** `Failure (timed out)`: what an object's conditions say, those that are true first. */
export function conditionWords(conditions: readonly ConditionView[] = []): string {
  const isTrue = ({ status }: ConditionView) => status === "True";
  return conditions
    .toSorted((a, b) => Number(isTrue(b)) - Number(isTrue(a)))
    .map(({ type, status, reason, message }) => {
      const why = [reason, message].filter((it) => it !== undefined && it !== "").join(": ");
      return `${type} ${status}${why === "" ? "" : ` (${why})`}`;
    })
    .join(", ");
}
