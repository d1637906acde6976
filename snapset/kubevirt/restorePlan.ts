import type { ResetWish } from "../reset/mark";
import type { ReadinessPolicy } from "../reset/preflight";
import { restoreNameOf } from "./names";
import {
  conditionWords,
  trueCondition,
  type VmContentView,
  type VmRestoreView,
  type VmView,
} from "./objects";

/** One member, and the machine that it is restored into. */
export interface RestoreTarget {
  member: string;
  /** The machine's name: the member's own, or that of one that is yet to be made. */
  target: string;
  snapshotName: string;
  /** Of a new machine, by interface. */
  macAddresses: Readonly<Record<string, string>>;
}

export interface RestoreOptions {
  wish: ResetWish;
  policy: ReadinessPolicy;
  volumeRestorePolicy: string | null;
  /** Whether the API knows policies: v1alpha1 knows none. */
  hasPolicies: boolean;
}

/** The label that tells whose restore it is, whatever its set and trigger. */
const restoredByLabel = "snapset/restored-by";

/** The member that was restored; its own machine has that name. */
const memberAnnotation = "snapset/member";

/** A VirtualMachineRestore to be made. */
export function restoreObjectOf(
  { member, target, snapshotName, macAddresses }: RestoreTarget,
  source: Pick<VmView, "metadata" | "spec">,
  options: RestoreOptions,
) {
  const { wish, policy, volumeRestorePolicy, hasPolicies } = options;
  const patches =
    target === member ? [] : [...macPatches(source, macAddresses), ...uuidPatches(source)];
  return {
    metadata: {
      name: restoreNameOf(target, wish),
      labels: {
        "app.kubernetes.io/managed-by": "snapset",
        "snapset/snap-id": wish.snapId,
        ...(wish.by !== undefined && { [restoredByLabel]: wish.by }),
      },
      annotations: { "snapset/trigger": wish.trigger, [memberAnnotation]: member },
    },
    spec: {
      target: { apiGroup: "kubevirt.io", kind: "VirtualMachine", name: target },
      virtualMachineSnapshotName: snapshotName,
      ...(hasPolicies && { targetReadinessPolicy: policy }),
      ...(hasPolicies && volumeRestorePolicy !== null && { volumeRestorePolicy }),
      ...(patches.length > 0 && { patches }),
    },
  };
}

/**
 * JSON patches that give a new machine other MACs. With hyphens: KubeVirt's webhook takes a patch
 * apart at its colons (kubevirt `pkg/storage/admitters/vmrestore.go`, validatePatches).
 */
function macPatches(
  source: Pick<VmView, "spec">,
  macAddresses: Readonly<Record<string, string>>,
): string[] {
  const interfaces = source.spec.template.spec.domain.devices.interfaces ?? [];
  return interfaces.flatMap(({ name }, index) => {
    const mac = macAddresses[name];
    if (mac === undefined) return [];
    const path = `/spec/template/spec/domain/devices/interfaces/${index}/macAddress`;
    return [JSON.stringify({ op: "add", path, value: mac.replaceAll(":", "-") })];
  });
}

/** An empty firmware uuid is replaced by a new one; two machines of one uuid are not two to many systems. */
function uuidPatches({ spec }: Pick<VmView, "spec">): string[] {
  if (spec.template.spec.domain.firmware?.uuid === undefined) return [];
  const path = "/spec/template/spec/domain/firmware/uuid";
  return [JSON.stringify({ op: "replace", path, value: "" })];
}

/** Who made a restore: only ours are replaced and deleted. */
export function isOurRestore({ metadata }: VmRestoreView): boolean {
  return metadata.labels?.["app.kubernetes.io/managed-by"] === "snapset";
}

/** Whether a restore is somebody's, of whatever set and trigger. */
export function isRestoreBy(restore: VmRestoreView, by: string | undefined): boolean {
  return by !== undefined && restore.metadata.labels?.[restoredByLabel] === by;
}

/** The member that a restore is of; older ones do not tell it. */
export function memberOfRestore({ metadata }: VmRestoreView): string | undefined {
  return metadata.annotations?.[memberAnnotation];
}

/** Whether a machine is what a restore has made of it (kubevirt `restore.go`, lastRestoreAnnotation). */
export function isMadeBy({ metadata }: VmView, restore: VmRestoreView): boolean {
  const { name, uid } = restore.metadata;
  return metadata.annotations?.["restore.kubevirt.io/lastRestoreUID"] === `${name}-${uid}`;
}

/**
 * What is wrong with a target before anything is changed, as sentences.
 *
 * @param machine of the target's name, if there is one
 * @param is whether it is not the machine that was captured, and whether a restore of ours made it
 * @param restores all of the namespace
 */
export function targetProblems(
  wanted: RestoreTarget,
  content: VmContentView | undefined,
  machine: VmView | undefined,
  is: { isOther: boolean; isOurs: boolean },
  restores: readonly VmRestoreView[],
  ownRestore: string,
): string[] {
  const { member, target, macAddresses } = wanted;
  const source = content?.spec.source.virtualMachine;
  const known = source?.spec.template.spec.domain.devices.interfaces?.map(({ name }) => name) ?? [];
  const unknown = Object.keys(macAddresses).filter((name) => !known.includes(name));
  const isForeign = machine !== undefined && is.isOther && !is.isOurs;
  const isSource = machine !== undefined && !is.isOther;
  return [
    ...unknown.map(
      (name) =>
        `targets.${member}.macAddresses.${name}: it has no such interface; it has ${known.join(", ") || "none"}`,
    ),
    ...(isForeign
      ? [
          `virtual machine ${target} is there already and is not the one that was captured: give another name in targets.${member}.name`,
        ]
      : []),
    ...(isSource && Object.keys(macAddresses).length > 0
      ? [
          `targets.${member}.macAddresses: only a new machine gets other MACs, and ${target} is there`,
        ]
      : []),
    ...restores
      .filter((it) => isRival(it, target, ownRestore))
      .map((it) => rivalProblem(it, target)),
  ];
}

/**
 * KubeVirt refuses a second restore into a machine until the first is complete, failed ones included.
 * A failed one of ours is deleted, and no rival.
 */
function isRival(restore: VmRestoreView, target: string, own: string): boolean {
  const { metadata, spec } = restore;
  const { state } = judgeRestore(restore);
  const isInTheWay = state === "pending" || (state === "failed" && !isOurRestore(restore));
  return metadata.name !== own && spec.target.name === target && isInTheWay;
}

function rivalProblem(restore: VmRestoreView, target: string): string {
  const { name } = restore.metadata;
  const has = judgeRestore(restore).state === "failed" ? "has failed" : "is in progress";
  return (
    `virtual machine ${target}: VirtualMachineRestore ${name} into it ${has} ` +
    `(${describeRestore(restore)}): wait until it is complete, or delete it`
  );
}

/**
 * Why a restore would leave disks as they are, as sentences. KubeVirt takes a claim that has the name of
 * the restored one for the restored one, but for InPlace (kubevirt `restore.go`, reconcileVolumeRestores).
 */
export function claimProblems(
  { target }: Pick<RestoreTarget, "target">,
  machine: VmView | undefined,
  volumeRestorePolicy: string | null,
): string[] {
  if (volumeRestorePolicy !== "PrefixTargetName") return [];
  return (machine?.spec.template.spec.volumes ?? [])
    .filter((volume) => claimNameOf(volume) === `${target}-${volume.name}`)
    .map(
      ({ name }) =>
        `virtual machine ${target}: disk ${name} has the claim ${target}-${name} already, so with ` +
        "snapset:kubevirt.volumeRestorePolicy PrefixTargetName KubeVirt would leave it as it is: " +
        "take InPlace or RandomizeNames",
    );
}

function claimNameOf(volume: Readonly<Record<string, unknown>>): string | undefined {
  const { dataVolume, persistentVolumeClaim } = volume as {
    dataVolume?: { name?: string };
    persistentVolumeClaim?: { claimName?: string };
  };
  return dataVolume?.name ?? persistentVolumeClaim?.claimName;
}

/** What has become of a restore. */
export type RestoreState = { state: "pending" | "complete" | "failed"; seen: string };

export function judgeRestore(restore: VmRestoreView): RestoreState {
  const { metadata, status } = restore;
  const seen = describeRestore(restore);
  if (status?.complete === true) return { state: "complete", seen };
  const isFailed =
    metadata.deletionTimestamp !== undefined ||
    trueCondition(status?.conditions, "Failure") !== undefined;
  return { state: isFailed ? "failed" : "pending", seen };
}

/** `Progressing True (Creating new PVCs)`; `no status yet` before the controller has seen it. */
export function describeRestore({ metadata, status }: VmRestoreView): string {
  if (metadata.deletionTimestamp !== undefined) return "somebody deletes it";
  if (status?.complete === true) return "complete";
  const conditions = conditionWords(status?.conditions);
  return conditions === "" ? "no status yet" : conditions;
}
