import { ranSince } from "../../snapset/kubevirt/adoption";
import { includedDisks } from "../../snapset/kubevirt/disks";
import { frozenDefects } from "../../snapset/kubevirt/freeze";
import { boundContent, snapshotDefects } from "../../snapset/kubevirt/judge";
import { manifestMemberOf } from "../../snapset/kubevirt/manifestMember";
import type { VmContentView, VmSnapshotView } from "../../snapset/kubevirt/objects";
import type { ManifestMember } from "../../snapset/manifest";
import { CaptureFailure } from "../capture/failure";
import type { CaptureRun } from "../platform";
import { wasFrozen, windowOf } from "./adopt";
import type { KubeVirtContext } from "./context";
import { observeMachines, type Machines } from "./machines";
import type { Machine } from "./observe";
import { observeSnapshots } from "./snapshots";

/**
 * Reads every snapshot, its content and its machine once more, and describes them for the manifest.
 *
 * @throws {CaptureFailure} naming each machine that is not as it must be
 */
export async function verifySnapshots(
  machines: readonly Machine[],
  run: CaptureRun,
  context: KubeVirtContext,
): Promise<ManifestMember[]> {
  const names = machines.map(({ instance }) => instance.name);
  const [snapshots, contents, seen] = await Promise.all([
    observeSnapshots(run.inputs.snapId, names, context),
    context.kubevirt.listContents(),
    observeMachines(context),
  ]);
  const defects: string[] = [];
  const members = machines.flatMap((machine) => {
    const { name } = machine.instance;
    const snapshot = snapshots.get(name);
    const found =
      snapshot === undefined
        ? ["it was deleted during the capture"]
        : defectsOf(machine, snapshot, contents, seen, run);
    defects.push(...found.map((defect) => `snapshot of ${name} failed: ${defect}`));
    return snapshot === undefined ? [] : describe(machine, snapshot, contents, run, context);
  });
  if (defects.length > 0) throw new CaptureFailure(defects.join("\n"));
  return members;
}

function defectsOf(
  { instance, vm: before }: Machine,
  snapshot: VmSnapshotView,
  contents: readonly VmContentView[],
  { vms, vmis }: Machines,
  { inputs, journal }: CaptureRun,
): string[] {
  const { name, uuid } = instance;
  const vm = vms.get(name);
  if (vm?.metadata.uid !== uuid) return ["its machine was deleted during the capture"];
  const expected = { uid: uuid, disks: includedDisks(before) };
  const window = windowOf(journal.progress);
  const isFrozenOne = wasFrozen(journal.progress, name);
  // Of machines that are frozen together those that are off are to stay so.
  const wasOff =
    inputs.consistency === "shutdown" || (inputs.consistency === "quiesce" && !isFrozenOne);
  const ran = wasOff ? ranSince(snapshot, vm, vmis.get(name)) : undefined;
  return [
    ...snapshotDefects(snapshot, contents, expected),
    ...(ran === undefined ? [] : [`somebody let its machine run during the capture: ${ran}`]),
    ...(inputs.consistency === "quiesce" && isFrozenOne && window !== undefined
      ? frozenDefects(snapshot, window, vmis.get(name))
      : []),
  ];
}

function describe(
  { instance, identity, vm, vmi }: Machine,
  snapshot: VmSnapshotView,
  contents: readonly VmContentView[],
  { inputs, journal }: CaptureRun,
  { kubevirt }: KubeVirtContext,
): ManifestMember[] {
  const bound = boundContent(snapshot, contents);
  if ("problem" in bound) return [];
  const isRunning = inputs.consistency !== "shutdown" && vmi !== undefined;
  const how = isRunning ? ("running" as const) : ("found" as const);
  const stop = journal.progress.stopped[instance.name] ?? { stop: how, seconds: null };
  const { namespace, snapshotApiVersion: apiVersion } = kubevirt;
  const { content } = bound;
  return [manifestMemberOf({ identity, vm, snapshot, content, stop, namespace, apiVersion })];
}
