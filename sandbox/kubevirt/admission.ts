import { ApiRefusal, type Cause } from "./ApiRefusal";
import type { Context } from "./controller/context";
import { runStrategyOf } from "./controller/runStrategy";
import { contents, restores, snapshots, virtualMachines, type ResourceType } from "./resources";
import { isSame } from "./same";
import type { KubeObject, VirtualMachine, VmRestore, VmSnapshot } from "./types";

/** What a webhook looks things up in. */
export type Lookup = Pick<Context, "find" | "list">;

const unsupported = "FieldValueNotSupported";
const invalidValue = "FieldValueInvalid";

/** Names of KubeVirt's validating webhooks, by the plural of what they are asked about. */
export const webhookNames: Readonly<Record<string, string>> = {
  [virtualMachines.plural]: "virtualmachine-validator.kubevirt.io",
  [snapshots.plural]: "virtualmachinesnapshot-validator.snapshot.kubevirt.io",
  [restores.plural]: "virtualmachinerestore-validator.snapshot.kubevirt.io",
};

/**
 * KubeVirt's webhooks (pkg/storage/admitters). The old object is given when one is replaced.
 *
 * @returns what is wrong; none when the object may be written
 */
export function causesAgainst(
  type: ResourceType,
  object: KubeObject,
  old: KubeObject | undefined,
  lookup: Lookup,
): Cause[] {
  if (type === virtualMachines) {
    return old ? againstMachine(object as VirtualMachine, old as VirtualMachine) : [];
  }
  if (type === snapshots)
    return againstSnapshot(object as VmSnapshot, old as VmSnapshot | undefined);
  if (type === restores) {
    return againstRestore(object as VmRestore, old as VmRestore | undefined, lookup);
  }
  return [];
}

/** @throws {ApiRefusal} 422 as the API server says it of a webhook */
export function admit(
  type: ResourceType,
  object: KubeObject,
  old: KubeObject | undefined,
  lookup: Lookup,
): void {
  const causes = causesAgainst(type, object, old, lookup);
  if (causes.length === 0) return;
  const name = webhookNames[type.plural] ?? "";
  const why = causes.map(({ message }) => message).join(", ");
  const message = `admission webhook "${name}" denied the request: ${why}`;
  throw new ApiRefusal(422, "Invalid", message, causes);
}

/** As the API server says it when it does not reach the webhook that must agree. */
export function webhookFailure(plural: string): ApiRefusal {
  const failure = `failed calling webhook "${webhookNames[plural] ?? ""}": failed to call webhook`;
  return new ApiRefusal(500, "InternalError", `Internal error occurred: ${failure}: EOF`);
}

function againstMachine(vm: VirtualMachine, old: VirtualMachine): Cause[] {
  const { snapshotInProgress, restoreInProgress } = old.status ?? {};
  const isPowerChanged = runStrategyOf(vm.spec) !== runStrategyOf(old.spec);
  const areVolumesChanged = !isSame(vm.spec.template.spec.volumes, old.spec.template.spec.volumes);
  const cause = (message: string) => [{ reason: unsupported, message, field: "spec" }];
  if (restoreInProgress !== undefined && isPowerChanged) {
    return cause(`Cannot update VM runStrategy until restore "${restoreInProgress}" completes`);
  }
  if (snapshotInProgress === undefined) return [];
  const until = `until snapshot "${snapshotInProgress}" completes`;
  if (areVolumesChanged) return cause(`Cannot update vm disks or volumes ${until}`);
  return isPowerChanged ? cause(`Cannot update vm running state ${until}`) : [];
}

function againstSnapshot(snapshot: VmSnapshot, old: VmSnapshot | undefined): Cause[] {
  return old
    ? againstChange(snapshot.spec, old.spec)
    : againstReference(snapshot.spec.source, "spec.source");
}

/** "in immutable" is KubeVirt's own. */
function againstChange(spec: unknown, old: unknown): Cause[] {
  if (isSame(spec, old)) return [];
  const message = "spec in immutable after creation";
  return [{ reason: invalidValue, message, field: "spec" }];
}

function againstReference(
  { apiGroup, kind }: VmSnapshot["spec"]["source"],
  field: string,
): Cause[] {
  if (apiGroup === undefined) {
    const reason = "FieldValueNotFound";
    return [{ reason, message: "missing apiGroup", field: `${field}.apiGroup` }];
  }
  if (apiGroup !== "kubevirt.io") {
    return [{ reason: invalidValue, message: "invalid apiGroup", field: `${field}.apiGroup` }];
  }
  if (kind === "VirtualMachine") return [];
  return [{ reason: invalidValue, message: "invalid kind", field: `${field}.kind` }];
}

function againstRestore(restore: VmRestore, old: VmRestore | undefined, lookup: Lookup): Cause[] {
  if (old) return againstChange(restore.spec, old.spec);
  const { target } = restore.spec;
  const reference = againstReference(target, "spec.target");
  const causes = reference.length > 0 ? reference : againstItsParts(restore, lookup);
  // One that has failed counts, too.
  const others = lookup
    .list(restores, restore.metadata.namespace)
    .filter((it) => isSame(it.spec.target, target) && it.status?.complete !== true);
  const busy = others.map(({ metadata }) => ({
    reason: invalidValue,
    message: `VirtualMachineRestore "${metadata.name}" in progress`,
    field: "spec.target",
  }));
  return [...causes, ...busy];
}

function againstItsParts(restore: VmRestore, lookup: Lookup): Cause[] {
  requireContent(restore, lookup);
  const { patches = [], volumeRestoreOverrides = [] } = restore.spec;
  const overrides = volumeRestoreOverrides.flatMap((it, index): Cause[] => {
    if ((it.volumeName ?? "") !== "") return [];
    const field = `spec.volumeRestoreOverrides[${index}].volumeName`;
    return [{ reason: "FieldValueRequired", message: "must provide a volume name", field }];
  });
  return [...patches.flatMap(againstPatch), ...overrides];
}

/** Another machine than the source needs the content at once: its specification is looked at. */
function requireContent({ metadata, spec }: VmRestore, lookup: Lookup): void {
  const { namespace } = metadata;
  const snapshot = lookup.find(snapshots, namespace, spec.virtualMachineSnapshotName);
  if (!snapshot) return;
  const target = lookup.find(virtualMachines, namespace, spec.target.name);
  const { sourceUID, virtualMachineSnapshotContentName: name } = snapshot.status ?? {};
  if (target && (sourceUID === undefined || target.metadata.uid === sourceUID)) return;
  const webhook = `admission webhook "${webhookNames[restores.plural] ?? ""}" denied the request`;
  if (name === undefined) {
    const message = `${webhook}: snapshot content name is nil in vmSnapshot status`;
    throw new ApiRefusal(400, "BadRequest", message);
  }
  if (lookup.find(contents, namespace, name)) return;
  const message = `${webhook}: virtualmachinesnapshotcontents.snapshot.kubevirt.io "${name}" not found`;
  throw new ApiRefusal(400, "BadRequest", message);
}

/** KubeVirt takes a patch apart at commas and colons: a value may have neither. */
function againstPatch(patch: string): Cause[] {
  return patch
    .replace(/^[{}]+|[{}]+$/g, "")
    .split(",")
    .flatMap((pair): Cause[] => {
      const [key = "", value = "", ...more] = pair.split(":");
      const field = "spec.patches";
      if (more.length > 0 || !pair.includes(":")) {
        const message = `patch format is not valid - one ":" expected in a single key-value json patch: ${pair}`;
        return [{ reason: invalidValue, message, field }];
      }
      const isPath = key.trim() === '"path"';
      const isAllowed = /^"\/(spec|metadata\/labels|metadata\/annotations)\//.test(value.trim());
      if (!isPath || isAllowed) return [];
      const message = `patching is valid only for elements under /spec/ only: ${pair}`;
      return [{ reason: invalidValue, message, field }];
    });
}
