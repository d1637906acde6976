import { hasCondition } from "./controller/conditions";
import type { Context } from "./controller/context";
import type { Disks } from "./disks";
import { agentFile } from "./GuestMachine";
import { claims, virtualMachines } from "./resources";
import type { Disk, KubeObject, RunStrategy, VirtualMachine, Volume } from "./types";

/** Where a volume's data comes from; only the first two have a claim whose snapshot can be taken. */
export type VolumeKind =
  "dataVolume" | "persistentVolumeClaim" | "containerDisk" | "cloudInitNoCloud" | "ephemeral";

/** A machine to make. */
export interface WantedVm {
  name: string;
  labels?: Record<string, string>;
  /** @default Always */
  runStrategy?: RunStrategy;
  /** Whether the guest agent is installed. @default true */
  hasAgent?: boolean;
  /** @default 02:00:00:00:00:01 */
  macAddress?: string;
  /** By name. @default `rootdisk`, a data volume, and `cloudinitdisk` */
  volumes?: Record<string, VolumeKind>;
  /** @default `ceph-rbd`, of which snapshots can be taken; of `hostpath` they cannot */
  storageClassName?: string;
  /** What is on the disk of each volume before the first boot: texts by path. */
  files?: Record<string, Record<string, string>>;
}

/** Storage class whose volumes can be snapshotted, and one whose cannot. */
export const storageClasses = { snapshots: "ceph-rbd", none: "hostpath" } as const;

const defaultVolumes: Record<string, VolumeKind> = {
  rootdisk: "dataVolume",
  cloudinitdisk: "cloudInitNoCloud",
};

/** Name of the claim that holds a volume of a machine. */
function claimName(vm: string, volume: string): string {
  return `${vm}-${volume}`;
}

/** Volumes of a machine to make, by name. */
function volumesOf(wanted: WantedVm): Record<string, VolumeKind> {
  return wanted.volumes ?? defaultVolumes;
}

/** The VirtualMachine as somebody would write it down. */
function virtualMachineOf(wanted: WantedVm, namespace: string): VirtualMachine {
  const volumes = Object.entries(volumesOf(wanted));
  const disks: Disk[] = volumes.map(([name]) => ({ name, disk: { bus: "virtio" } }));
  return {
    apiVersion: "kubevirt.io/v1",
    kind: "VirtualMachine",
    metadata: { name: wanted.name, namespace, labels: wanted.labels ?? {} },
    spec: {
      runStrategy: wanted.runStrategy ?? "Always",
      dataVolumeTemplates: volumes
        .filter(([, kind]) => kind === "dataVolume")
        .map(([name]) => dataVolumeTemplate(wanted, name)),
      template: {
        metadata: { labels: { "kubevirt.io/domain": wanted.name, ...wanted.labels } },
        spec: {
          domain: {
            devices: {
              disks,
              interfaces: [
                {
                  name: "default",
                  bridge: {},
                  macAddress: wanted.macAddress ?? "02:00:00:00:00:01",
                },
              ],
            },
            memory: { guest: "2Gi" },
          },
          networks: [{ name: "default", pod: {} }],
          terminationGracePeriodSeconds: 180,
          volumes: volumes.map(([name, kind]) => volumeOf(wanted.name, name, kind)),
        },
      },
    },
  };
}

/** The objects of a machine: what is on its disks is there once they are. */
export function objectsOf(wanted: WantedVm, namespace: string, disks: Disks): KubeObject[] {
  const own: KubeObject[] = [];
  for (const [volume, kind] of Object.entries(volumesOf(wanted))) {
    const name = claimName(wanted.name, volume);
    const isRoot = volume === Object.keys(volumesOf(wanted))[0];
    const agent = isRoot && wanted.hasAgent !== false ? { [agentFile]: "" } : {};
    disks.seed(namespace, name, { ...agent, ...wanted.files?.[volume] });
    if (kind !== "persistentVolumeClaim" && kind !== "ephemeral") continue;
    const metadata = { name, namespace };
    own.push({ apiVersion: "v1", kind: claims.kind, metadata, spec: claimSpec(wanted) });
  }
  return [...own, virtualMachineOf(wanted, namespace)];
}

/** What a machine is, where that is not what is wanted of it. */
export function missingOf(
  wanted: WantedVm,
  namespace: string,
  context: Context,
): string | undefined {
  const vm = context.find(virtualMachines, namespace, wanted.name);
  if (!vm) return "not there";
  const isOn = ["Always", "RerunOnFailure", "Once"].includes(wanted.runStrategy ?? "Always");
  const { conditions = [], ready, printableStatus = "new" } = vm.status ?? {};
  const isBound = context
    .list(claims, namespace)
    .filter(({ metadata }) => metadata.name.startsWith(`${wanted.name}-`))
    .every(({ status }) => status?.phase === "Bound");
  const isAnswering = wanted.hasAgent === false || hasCondition(conditions, "AgentConnected");
  const isWell = isOn ? ready === true && isAnswering : isBound && printableStatus === "Stopped";
  return isWell ? undefined : printableStatus;
}

/** What a claim of a machine asks for. */
function claimSpec(wanted: WantedVm) {
  return {
    accessModes: ["ReadWriteMany"],
    resources: { requests: { storage: "10Gi" } },
    storageClassName: wanted.storageClassName ?? storageClasses.snapshots,
    volumeMode: "Block",
  };
}

function dataVolumeTemplate(wanted: WantedVm, volume: string) {
  return {
    metadata: { name: claimName(wanted.name, volume) },
    spec: { source: { blank: {} }, pvc: claimSpec(wanted) },
  };
}

function volumeOf(vm: string, name: string, kind: VolumeKind): Volume {
  const claim = claimName(vm, name);
  switch (kind) {
    case "dataVolume":
      return { name, dataVolume: { name: claim } };
    case "persistentVolumeClaim":
      return { name, persistentVolumeClaim: { claimName: claim } };
    case "containerDisk":
      return { name, containerDisk: { image: "quay.io/containerdisks/centos-stream:9" } };
    case "cloudInitNoCloud":
      return { name, cloudInitNoCloud: { userData: "#cloud-config\n" } };
    case "ephemeral":
      return { name, ephemeral: { persistentVolumeClaim: { claimName: claim } } };
  }
}
