import type { Manifest, ManifestMember, PhaseRecord } from "../snapset/manifest";
import { refusals } from "../snapset/selection";
import type { SetImage, SetMember, SnapsetRecord } from "../snapset/sets";

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
  /** Id of the project that owns the images. */
  project: string;
  sizeBytes: number;
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
  /** How the server went down: `found` off before, `stopped` by the capture; null without a manifest. */
  stop: ManifestMember["stop"] | null;
  /** Ids of the node's volumes that the set does not hold. */
  excludedVolumes: string[];
}

/** Whose sets they are, and when. */
export interface Viewpoint {
  projectId: string;
  now: Date;
}

/** Everything that is shown of a set, from what its images and its manifest say. */
export function viewOf(
  set: SnapsetRecord,
  images: readonly SetImage[],
  viewpoint: Viewpoint,
): SetView {
  const { manifest } = set;
  // No nodes are asked for: whether a set fits an environment is for the restore to say.
  const problems = refusals(set, { ...viewpoint, snapId: set.snapId, nodes: [] });
  const sizes = new Map(images.map((image) => [image.id, sizeOf(image)]));
  const members =
    manifest === undefined
      ? set.members.map((member) => taggedMember(member, sizes))
      : manifest.members.map((member) => manifestMember(member, set.members));
  return {
    snapId: set.snapId,
    environment: manifest?.environmentName ?? null,
    capturedAt: manifest?.capturedAt ?? set.createdAt.toISOString(),
    notAfter: manifest?.notAfter ?? null,
    state: stateOf(set, problems),
    problems,
    madeBy: set.madeBy,
    project: set.owner,
    sizeBytes: members.reduce((sum, member) => sum + (member.sizeBytes ?? 0), 0),
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

function manifestMember(member: ManifestMember, images: readonly SetMember[]): MemberView {
  const { name, role, imageId, macAddresses, sizeBytes, stop, excludedVolumes } = member;
  const image = images.find((candidate) => candidate.imageId === imageId);
  const imageStatus = image?.status ?? "gone";
  return { name, role, imageId, imageStatus, macAddresses, sizeBytes, stop, excludedVolumes };
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
    excludedVolumes: [],
  };
}

function sizeOf(image: SetImage): number | null {
  const size = image["size"];
  return typeof size === "number" ? size : null;
}
