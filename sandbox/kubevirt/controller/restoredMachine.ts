import { omit } from "../../world/omit";
import { claims, dataVolumes, virtualMachines } from "../resources";
import type { SourceVm, VirtualMachine, VirtualMachineSpec, VmRestore, Volume } from "../types";
import { applyJsonPatch } from "../jsonPatch";
import type { Context, Write } from "./context";
import { populatedFor, prePopulated } from "./dataVolumeReconciler";
import { nameFor } from "./restoredVolumes";
import {
  isRestoredBy,
  lastRestoreOf,
  RestoreProblem,
  type Restoration,
  type Step,
} from "./restoreSource";
import { runStrategyOf, withRunning } from "./runStrategy";
import { volumesOf } from "./volumes";
import { annotate, create, namespaceOf, remove, update } from "./writes";

/** Gives the target the specification of the snapshot, with the restored volumes (Reconcile). */
export function restoreMachine(restoration: Restoration, context: Context): Step {
  const { restore, vm, content } = restoration;
  if (vm && isRestoredBy(restore, vm)) return "done";
  const source = content.spec.source.virtualMachine;
  const named = nameDataVolumes(restore, source, context);
  if (named) return named;
  const spec = restoredSpec(restore, source);
  const made = makeDataVolumes(restore, spec, context) ?? planDeletions(restoration, spec);
  if (made) return made;
  const write = vm ? change(restore, vm, spec) : createMachine(restore, source, spec);
  return write ? { write } : "waiting";
}

/** Removes the data volumes that the target has no more (deleteObsoleteVolumes). */
export function removeObsolete({ restore }: Restoration, context: Context): Write | undefined {
  for (const name of restore.status?.deletedDataVolumes ?? []) {
    const dataVolume = context.find(dataVolumes, namespaceOf(restore), name);
    if (dataVolume) return remove(dataVolumes, dataVolume);
  }
  return undefined;
}

/** The claim of a volume that has a template is filled for a data volume of the name. */
function nameDataVolumes(restore: VmRestore, source: SourceVm, context: Context): Step | undefined {
  const known = restore.status?.restores ?? [];
  const restores = known.map((it) => {
    const volume = volumesOf(source).find(({ name }) => name === it.volumeName);
    if (!volume?.dataVolume || !hasTemplate(source, volume.dataVolume.name)) return it;
    return { ...it, dataVolumeName: nameFor(restore, it.volumeName, volume.dataVolume.name) };
  });
  for (const { dataVolumeName, persistentVolumeClaim } of restores) {
    const claim = context.find(claims, namespaceOf(restore), persistentVolumeClaim);
    if (dataVolumeName === undefined || !claim) continue;
    if (claim.metadata.annotations?.[populatedFor] === dataVolumeName) continue;
    const marks = { [populatedFor]: dataVolumeName };
    const write = annotate(claims, claim, marks, { ownerReferences: [] });
    if (write) return { write };
  }
  const isNamed = restores.every((it, index) => it.dataVolumeName === known[index]?.dataVolumeName);
  return isNamed ? undefined : { status: { ...restore.status, restores } };
}

function hasTemplate({ spec }: SourceVm, name: string): boolean {
  return (spec.dataVolumeTemplates ?? []).some(({ metadata }) => metadata.name === name);
}

function restoredSpec(restore: VmRestore, source: SourceVm): VirtualMachineSpec {
  const { spec } = source;
  const restoreOf = (volume: string | undefined) =>
    restore.status?.restores?.find(({ volumeName }) => volumeName === volume);
  const dataVolumeTemplates = (spec.dataVolumeTemplates ?? []).map((template) => {
    const volume = volumesOf(source).find((it) => it.dataVolume?.name === template.metadata.name);
    const name = restoreOf(volume?.name)?.dataVolumeName ?? template.metadata.name;
    return { ...template, metadata: { ...template.metadata, name } };
  });
  const volumes = volumesOf(source)
    .filter(({ memoryDump }) => !memoryDump)
    .map((volume): Volume => {
      const restored = restoreOf(volume.name);
      if (!restored) return volume;
      const { name } = volume;
      if (restored.dataVolumeName !== undefined) {
        return { name, dataVolume: { ...volume.dataVolume, name: restored.dataVolumeName } };
      }
      return { name, persistentVolumeClaim: { claimName: restored.persistentVolumeClaim } };
    });
  const template = { ...spec.template, spec: { ...spec.template.spec, volumes } };
  return { ...spec, dataVolumeTemplates, template };
}

function makeDataVolumes(
  restore: VmRestore,
  { dataVolumeTemplates = [] }: VirtualMachineSpec,
  context: Context,
): Step | undefined {
  const namespace = namespaceOf(restore);
  let isWaiting = false;
  for (const template of dataVolumeTemplates) {
    const { name } = template.metadata;
    const found = context.find(dataVolumes, namespace, name);
    if (found) {
      isWaiting ||= found.status?.phase !== "Succeeded";
      continue;
    }
    if (!context.find(claims, namespace, name)) {
      throw new RestoreProblem(
        `when creating restore dv pvc ${namespace}/${name} does not exist and should`,
      );
    }
    const annotations = {
      "restore.kubevirt.io/name": restore.metadata.name,
      [prePopulated]: "true",
    };
    const metadata = { ...template.metadata, namespace, annotations };
    return { write: create(dataVolumes, { ...template, metadata }) };
  }
  return isWaiting ? "waiting" : undefined;
}

/** Which data volumes the target has now and will not have then. */
function planDeletions({ restore, vm }: Restoration, spec: VirtualMachineSpec): Step | undefined {
  const names = (of: VirtualMachineSpec) =>
    (of.dataVolumeTemplates ?? []).map((it) => it.metadata.name);
  if (!vm) return undefined;
  const gone = names(vm.spec).filter((name) => !names(spec).includes(name));
  const { deletedDataVolumes = [] } = restore.status ?? {};
  if (gone.join() === deletedDataVolumes.join()) return undefined;
  return { status: { ...restore.status, deletedDataVolumes: gone } };
}

/** One that exists keeps its run strategy; patches are not for it. */
function change(
  restore: VmRestore,
  vm: VirtualMachine,
  restored: VirtualMachineSpec,
): Write | undefined {
  const rest = omit(restored, "running", "runStrategy") as VirtualMachineSpec;
  const power =
    vm.spec.running === undefined ? { runStrategy: runStrategyOf(vm.spec) } : { running: false };
  const annotations = { ...vm.metadata.annotations, ...lastRestoreOf(restore) };
  const metadata = { ...vm.metadata, annotations };
  return update(virtualMachines, vm, { metadata, spec: { ...rest, ...power } });
}

/** A new one is halted, and patched before it is made. */
function createMachine(restore: VmRestore, source: SourceVm, spec: VirtualMachineSpec): Write {
  const { labels, annotations } = source.metadata;
  const object = {
    metadata: {
      name: restore.spec.target.name,
      namespace: namespaceOf(restore),
      ...(labels && { labels }),
      annotations: { ...annotations, ...lastRestoreOf(restore) },
    },
    spec: withRunning(spec, false),
  };
  try {
    const patches = (restore.spec.patches ?? []).map((patch) => JSON.parse(patch) as unknown);
    return create(virtualMachines, applyJsonPatch(object, patches) as typeof object);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new RestoreProblem(`error patching VM ${restore.spec.target.name}: ${why}`);
  }
}
