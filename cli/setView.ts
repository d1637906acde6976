import type {
  Consistency,
  Manifest,
  ManifestMember,
  ManifestVolume,
  PhaseRecord,
} from "../snapset/manifest";
import { refusals } from "../snapset/selection";
import type { SetImage, SetMember, SetSnapshot, SnapsetRecord } from "../snapset/sets";

/**
 * - `complete`: can be restored
 * - `no manifest`: Hotstack made it; its images are active, and nothing says how many there should be
 * - `refused`: cannot be restored, for the reasons in `problems`
 */
export type SetState = "complete" | "no manifest" | "refused";

/** A set as the command shows it, and as `--json` prints it. Times are ISO 8601. */
export interface SetView {
  snapId: string;
  /** Null for a set without a manifest. */
  environment: string | null;
  capturedAt: string;
  notAfter: string | null;
  state: SetState;
  /** Why it cannot be restored, as sentences. */
  problems: string[];
  madeBy: SnapsetRecord["madeBy"];
  /** Id of the project that owns the images; null for a set of virtual machines. */
  project: string | null;
  /** Where the snapshots of virtual machines are; null for a set of a project. */
  namespace: string | null;
  /** Of its images, and of the volumes that it has snapshots of. */
  sizeBytes: number;
  /** What ran while it was made; null without a manifest. */
  consistency: Consistency | null;
  members: MemberView[];
  /** Null when none was captured with it, or when nothing is known of one. */
  cluster: { id: string; version: string; nodes: string[] } | null;
  phases: PhaseRecord[];
}

/** A member as the command shows it. */
export interface MemberView {
  name: string;
  role: string;
  imageId: string;
  /** Glance's, or `gone`. */
  imageStatus: string;
  macAddresses: string[];
  /** Null before Glance knows it. */
  sizeBytes: number | null;
  /** How the server went down; null without a manifest. */
  stop: ManifestMember["stop"] | null;
  /** How long that took, seconds; null when it was not timed. */
  stopSeconds: number | null;
  /** What its image is worth. */
  indications: ManifestMember["indications"];
  /** In the order of their devices. */
  volumes: VolumeView[];
}

/** A volume of a member as the command shows it. */
export interface VolumeView extends ManifestVolume {
  /** Cinder's, or `gone`; null for a volume that the set does not hold. */
  snapshotStatus: string | null;
}

/** Whose sets they are, and when. */
export interface Viewpoint {
  projectId: string;
  /** What a set belongs to. */
  owners: "project" | "namespace";
  now: Date;
}

/** What a cloud has of the sets. */
export interface Found {
  images: readonly SetImage[];
  snapshots: readonly SetSnapshot[];
}

/** Everything that is shown of a set, from what its parts in the cloud and its manifest say. */
export function viewOf(
  set: SnapsetRecord,
  { images, snapshots }: Found,
  viewpoint: Viewpoint,
): SetView {
  const { manifest } = set;
  // No nodes are asked for: whether a set fits an environment is for the restore to say.
  const problems = refusals(set, { ...viewpoint, snapId: set.snapId, nodes: [] });
  const sizes = new Map(images.map((image) => [image.id, sizeOf(image)]));
  const members =
    manifest === undefined
      ? set.members.map((member) => taggedMember(member, sizes))
      : manifest.members.map((member) => manifestMember(member, set.members, snapshots));
  return {
    snapId: set.snapId,
    environment: manifest?.environmentName ?? null,
    capturedAt: manifest?.capturedAt ?? set.createdAt.toISOString(),
    notAfter: manifest?.notAfter ?? null,
    state: stateOf(set, problems),
    problems,
    madeBy: set.madeBy,
    ...{ project: null, namespace: null, [viewpoint.owners]: set.owner },
    sizeBytes: members.reduce((sum, it) => sum + (it.sizeBytes ?? 0) + volumeBytesOf(it), 0),
    consistency: manifest?.consistency ?? null,
    members,
    cluster: clusterOf(manifest),
    phases: manifest?.phases ?? [],
  };
}

function stateOf({ manifest }: SnapsetRecord, problems: readonly string[]): SetState {
  if (problems.length > 0) return "refused";
  return manifest === undefined ? "no manifest" : "complete";
}

function clusterOf(manifest: Manifest | undefined): SetView["cluster"] {
  const facts = manifest?.cluster ?? null;
  if (facts === null) return null;
  return {
    id: facts.clusterId,
    version: facts.version,
    nodes: facts.nodes.map((node) => node.name),
  };
}

function manifestMember(
  member: ManifestMember,
  images: readonly SetMember[],
  snapshots: readonly SetSnapshot[],
): MemberView {
  const { name, role, imageId, macAddresses, sizeBytes } = member;
  const { stop, stopSeconds, indications } = member;
  const image = images.find((candidate) => candidate.imageId === imageId);
  return {
    name,
    role,
    imageId,
    imageStatus: image?.status ?? "gone",
    macAddresses,
    sizeBytes,
    stop,
    stopSeconds,
    indications,
    volumes: member.volumes.map((volume) => volumeView(volume, snapshots)),
  };
}

function volumeView(volume: ManifestVolume, snapshots: readonly SetSnapshot[]): VolumeView {
  const snapshot = snapshots.find((candidate) => candidate.id === volume.snapshotId);
  const isHeld = volume.snapshotId !== null;
  return { ...volume, snapshotStatus: isHeld ? (snapshot?.status ?? "gone") : null };
}

/** Bytes of the volumes that the set has snapshots of, as large as Cinder counts them. */
export function volumeBytesOf({ volumes }: MemberView): number {
  const held = volumes.filter((volume) => volume.snapshotId !== null);
  return held.reduce((sum, volume) => sum + volume.sizeGb, 0) * 2 ** 30;
}

function taggedMember(member: SetMember, sizes: ReadonlyMap<string, number | null>): MemberView {
  const { name, role, imageId, status, macAddress } = member;
  return {
    name,
    role,
    imageId,
    imageStatus: status,
    macAddresses: macAddress === "" ? [] : [macAddress],
    sizeBytes: sizes.get(imageId) ?? null,
    stop: null,
    stopSeconds: null,
    indications: [],
    volumes: [],
  };
}

function sizeOf(image: SetImage): number | null {
  const size = image["size"];
  return typeof size === "number" ? size : null;
}
