import { messageOf } from "../../common/errors";
import type { Manifest, ManifestMember } from "../manifest";
import type { SetMember, SnapsetRecord } from "../sets";
import { hasManifest, manifestIn } from "./annotations";
import { snapIdLabel } from "./identity";
import { boundContent, describeSnapshot, judgeSnapshot } from "./judge";
import type { VmContentView, VmSnapshotView } from "./objects";

/**
 * Puts snapshots of virtual machines together to sets, by their label.
 *
 * @param snapshots of one namespace; those without the label belong to no set
 * @param contents of the same namespace
 */
export function assembleVmSets(
  snapshots: readonly VmSnapshotView[],
  contents: readonly VmContentView[],
  namespace: string,
): SnapsetRecord[] {
  const groups = new Map<string, VmSnapshotView[]>();
  for (const snapshot of snapshots) {
    const snapId = snapshot.metadata.labels?.[snapIdLabel];
    if (snapId !== undefined) groups.set(snapId, [...(groups.get(snapId) ?? []), snapshot]);
  }
  return [...groups].map(([snapId, group]) => assembleSet(snapId, group, contents, namespace));
}

function assembleSet(
  snapId: string,
  group: readonly VmSnapshotView[],
  contents: readonly VmContentView[],
  namespace: string,
): SnapsetRecord {
  const ordered = group.toSorted((a, b) => a.metadata.name.localeCompare(b.metadata.name));
  const times = ordered.map(({ metadata }) => Date.parse(metadata.creationTimestamp));
  const base = {
    snapId,
    owner: namespace,
    createdAt: new Date(Math.max(...times)),
    madeBy: "snapset" as const,
    members: ordered.map(toMember),
  };
  const anchor = ordered.find(({ metadata }) => hasManifest(metadata.annotations));
  if (anchor === undefined) {
    const defects = ["it was never committed: no snapshot of it carries a manifest"];
    return { ...base, defects };
  }
  return { ...base, ...readManifest(anchor, ordered, contents, snapId) };
}

function readManifest(
  { metadata }: VmSnapshotView,
  snapshots: readonly VmSnapshotView[],
  contents: readonly VmContentView[],
  snapId: string,
): { manifest?: Manifest; defects: string[] } {
  try {
    const source = `VirtualMachineSnapshot ${metadata.name}`;
    const manifest = manifestIn(metadata.annotations ?? {}, source);
    return manifest.snapId === snapId
      ? { manifest, defects: vmSetDefects(manifest, snapshots, contents) }
      : { defects: [`its manifest is that of ${manifest.snapId}`] };
  } catch (error) {
    return { defects: [messageOf(error)] };
  }
}

/** Why a set is not what its manifest says, as sentences; empty when it is. */
function vmSetDefects(
  { members }: Manifest,
  snapshots: readonly VmSnapshotView[],
  contents: readonly VmContentView[],
): string[] {
  const byUid = new Map(snapshots.map((it) => [it.metadata.uid, it]));
  return members.flatMap((member) =>
    memberDefects(member, byUid.get(member.imageId), contents).map(
      (defect) => `member ${member.name}: ${defect}`,
    ),
  );
}

function memberDefects(
  { imageName, virtualMachine }: ManifestMember,
  snapshot: VmSnapshotView | undefined,
  contents: readonly VmContentView[],
): string[] {
  const what = `VirtualMachineSnapshot ${imageName}`;
  if (snapshot === undefined) return [`${what} is gone`];
  if (judgeSnapshot(snapshot).state !== "ready") return [`${what}: ${describeSnapshot(snapshot)}`];
  const bound = boundContent(snapshot, contents);
  if ("problem" in bound) return [`${what}: ${bound.problem}`];
  const { name } = bound.content.metadata;
  return name === virtualMachine?.contentName
    ? []
    : [
        `${what} is bound to ${name}, at the capture it was to ${virtualMachine?.contentName ?? "none"}`,
      ];
}

function toMember(snapshot: VmSnapshotView): SetMember {
  const { metadata, spec } = snapshot;
  return {
    name: metadata.annotations?.["snapset/member"] ?? spec.source.name,
    role: metadata.annotations?.["snapset/role"] ?? "",
    imageId: metadata.uid,
    status: statusOf(snapshot),
    macAddress: (metadata.annotations?.["snapset/macs"] ?? "").split(",")[0] ?? "",
  };
}

/** The phase, and that it is ready where it is. */
function statusOf(snapshot: VmSnapshotView): string {
  if (judgeSnapshot(snapshot).state === "ready") return "ready";
  return snapshot.status?.phase ?? "no status";
}
