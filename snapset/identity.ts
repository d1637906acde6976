import type { Role } from "./roles";

/** Glance keeps names and tags, and Nova a snapshot's metadata values, to this many characters. */
const maxGlanceLength = 255;

/** Version of the properties and of the manifest; a reader refuses a newer one. */
export const schemaVersion = 3;

/** The property that holds the manifest; only the anchor of a committed set has it. */
export const manifestProperty = "snapset_manifest";

/** The property by which all images of one set are listed, from their first moment. */
export const snapIdProperty = "snapset_id";

/** What an image is: which member of which set. */
export interface MemberIdentity {
  snapId: string;
  environment: string;
  member: string;
  role: Role;
  /** All of the server's MACs, the first one first. */
  macAddresses: readonly string[];
  members: number;
  capturedAt: Date;
  notAfter?: Date | undefined;
}

/** Image name `hotstack-{name}-snapshot-{snap_id}`, as Hotstack's tools expect it. */
export function imageNameOf(member: string, snapId: string): string {
  return `hotstack-${member}-snapshot-${snapId}`;
}

/** The six tags of Hotstack, byte for byte and in its order. */
export function tagsOf({ member, role, snapId, macAddresses }: MemberIdentity): string[] {
  return [
    "hotstack",
    "hotstack-snapset",
    `name=${member}`,
    `role=${role}`,
    `snap_id=${snapId}`,
    `mac_address=${macAddresses[0] ?? ""}`,
  ];
}

/**
 * Properties that an image gets with its creation. Nova copies the properties of the image that a
 * server was booted from, so every key is set, always, lest a restored server's image carries the
 * identity of the set it came from.
 */
export function propertiesOf(identity: MemberIdentity): Record<string, string> {
  return {
    [snapIdProperty]: identity.snapId,
    snapset_environment: identity.environment,
    snapset_member: identity.member,
    snapset_role: identity.role,
    snapset_macs: joinWithin(identity.macAddresses, maxGlanceLength),
    snapset_members: String(identity.members),
    snapset_captured_at: identity.capturedAt.toISOString(),
    snapset_not_after: identity.notAfter?.toISOString() ?? "",
    snapset_schema: String(schemaVersion),
    [manifestProperty]: "",
  };
}

/** Metadata of a volume's snapshot, by which it belongs to a member of a set. */
export function snapshotMetadataOf(
  { snapId, member }: Pick<MemberIdentity, "snapId" | "member">,
  volumeId: string,
): Record<string, string> {
  return { [snapIdProperty]: snapId, snapset_member: member, snapset_volume: volumeId };
}

/** The name or tag of a member that Glance would refuse for its length, as sentences. */
export function lengthProblems(identity: MemberIdentity): string[] {
  const tooLong = (what: string, text: string): string[] =>
    text.length <= maxGlanceLength
      ? []
      : [
          `instances.${identity.member}: ${what} would have ${text.length} characters, ` +
            `Glance allows ${maxGlanceLength}: ${text.slice(0, 60)}…`,
        ];
  return [
    ...tooLong("the image name", imageNameOf(identity.member, identity.snapId)),
    ...tagsOf(identity).flatMap((tag) => tooLong("a tag", tag)),
    ...tooLong("the property snapset_environment", identity.environment),
  ];
}

/** As many whole items as fit; the manifest has them all. */
function joinWithin(items: readonly string[], length: number): string {
  let joined = "";
  for (const item of items) {
    const next = joined === "" ? item : `${joined},${item}`;
    if (next.length > length) break;
    joined = next;
  }
  return joined;
}
