import type { StoredJournal } from "../../../snapset/capture/journal";
import type { Member } from "../../../snapset/capture/member";
import { freshProgress } from "../../../snapset/capture/progress";
import type { ServerView } from "../../../snapset/capture/server";
import type { VolumeView } from "../../../snapset/capture/volumes";
import type { MemberIdentity } from "../../../snapset/identity";
import type { Role } from "../../../snapset/roles";
import type { Instance } from "../../../snapset/snapsetData";

export const mac = "fa:16:9e:81:f6:10";
const noon = new Date("2026-11-21T12:00:00Z");

/** Every instance of these tests is of this name, unless it says otherwise. */
export function instanceOf(name = "master0", role: Role = "ocp_master"): Instance {
  return { name, uuid: `uuid-${name}`, role, macAddress: mac };
}

export function identityOf({ name, role }: Instance): MemberIdentity {
  return {
    snapId: "AbCdEf12",
    environment: "lab",
    member: name,
    role,
    macAddresses: [mac],
    members: 1,
    capturedAt: noon,
  };
}

/** A server that boots from an image, is off, and has no volumes. */
export function serverOf(instance = instanceOf(), changes: Partial<ServerView> = {}): ServerView {
  return {
    id: instance.uuid,
    name: instance.name,
    status: "SHUTOFF",
    "OS-EXT-STS:task_state": null,
    hostId: "host0",
    image: { id: "base" },
    flavorId: "small",
    updated: "2026-11-21T11:00:00Z",
    macAddresses: [instance.macAddress],
    volumeIds: [],
    ...changes,
  };
}

export function memberOf(instance = instanceOf(), changes: Partial<Member> = {}): Member {
  return {
    instance,
    identity: identityOf(instance),
    server: serverOf(instance),
    volumes: [],
    flavor: { name: "small", vcpus: 1, ramMb: 1024, diskGb: 10 },
    shutdownTimeoutMs: 60_000,
    guestAgent: "none",
    leftOut: [],
    ...changes,
  };
}

/** A volume of 20 GiB, in use by the server as that device. */
export function volumeViewOf(
  name: string,
  device: string | null = "/dev/vdb",
  changes: Partial<VolumeView> = {},
): VolumeView {
  return {
    id: `id-${name}`,
    name,
    status: "in-use",
    size: 20,
    volume_type: "fast",
    bootable: "false",
    attachments: [{ server_id: "uuid-master0", device }],
    ...changes,
  };
}

export function byId(volumes: readonly VolumeView[]): Map<string, VolumeView> {
  return new Map(volumes.map((volume) => [volume.id, volume]));
}

/** The journal of a capture of those servers. */
export function journalOf(
  snapId: string,
  names: readonly string[] = ["master0"],
  changes: Partial<Omit<StoredJournal, "journal">> = {},
): StoredJournal {
  return {
    storedAs: `journal-${snapId}`,
    what: `image snapset-capture-${snapId} (journal-${snapId})`,
    createdAt: "2026-11-21T12:00:00Z",
    journal: {
      schemaVersion: 1,
      snapId,
      environmentName: "lab",
      startedAt: noon.toISOString(),
      isUnderWay: false,
      instances: names.map((name) => instanceOf(name)),
      progress: freshProgress(noon),
    },
    ...changes,
  };
}
