import type { FlavorView } from "../flavors";
import { lengthProblems, type MemberIdentity } from "../identity";
import type { Consistency, ManifestMember } from "../manifest";
import type { Instance } from "../snapsetData";
import type { Findings } from "./findings";
import { indicationsOf, type Member, type MemberVolume } from "./member";
import { platformTraps } from "./platformTraps";
import { serverLabel, type ServerView } from "./server";
import {
  rootProblems,
  sharedVolumeProblems,
  volumeProblems,
  volumesOf,
  type VolumeView,
  type VolumeWishes,
} from "./volumes";

/** A flavor whose server is captured. */
export interface CapturedFlavor extends FlavorView {
  extraSpecs: Readonly<Record<string, string>>;
}

/** What the cloud shows before the first change. */
export interface Surroundings {
  /** The cloud's name, for messages. */
  cloud: string;
  /** By uuid; a missing one was not found. */
  servers: ReadonlyMap<string, ServerView>;
  /** By id. */
  volumes: ReadonlyMap<string, VolumeView>;
  /** By id. */
  flavors: ReadonlyMap<string, CapturedFlavor>;
  /** Properties of the images that the servers were booted from, by server. */
  imageProperties: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  /** Names of members whose image this very set has begun already. */
  begun: ReadonlySet<string>;
  /** Names of members that this very capture has told to stop or to start. */
  told: ReadonlySet<string>;
}

export interface Wishes extends VolumeWishes {
  consistency: Consistency;
  /** Nova's `shutdown_timeout`, milliseconds. */
  shutdownTimeoutMs: number;
}

/** Everything that can be known of the servers to fail before the first change. */
export function judgeMembers(
  identities: readonly { instance: Instance; identity: MemberIdentity }[],
  wishes: Wishes,
  surroundings: Surroundings,
): Findings & { members: Member[] } {
  const problems: string[] = [];
  const warnings: string[] = [];
  const members: Member[] = [];
  for (const { instance, identity } of identities) {
    problems.push(...lengthProblems(identity));
    const server = surroundings.servers.get(instance.uuid);
    if (server === undefined) {
      problems.push(
        `${serverLabel(instance)} is not found in cloud ${surroundings.cloud}: ` +
          "take it out of the capture, or name another cloud or region",
      );
      continue;
    }
    const judged = judgeMember(instance, identity, server, wishes, surroundings);
    problems.push(...judged.problems);
    warnings.push(...judged.warnings);
    members.push(judged.member);
  }
  problems.push(...sharedVolumeProblems(members.map(ownerOf), surroundings.volumes));
  return { problems, warnings, members };
}

function judgeMember(
  instance: Instance,
  identity: MemberIdentity,
  server: ServerView,
  wishes: Wishes,
  { flavors, volumes, imageProperties, begun, told }: Surroundings,
): Findings & { member: Member } {
  const properties = imageProperties.get(instance.uuid) ?? {};
  const flavor = flavors.get(server.flavorId);
  const traps = platformTraps({
    what: serverLabel(instance),
    imageProperties: properties,
    flavor: flavor && { swap: flavor.swap, ephemeral: flavor["OS-FLV-EXT-DATA:ephemeral"] },
    extraSpecs: flavor?.extraSpecs ?? {},
  });
  const own = volumesOf(ownerOf({ instance, server }), volumes, wishes);
  const skipped = own.filter((volume) => volume.policy !== "include");
  const member: Member = {
    instance,
    identity,
    server,
    volumes: own,
    flavor: flavor === undefined ? null : flavorFacts(flavor),
    shutdownTimeoutMs: shutdownTimeoutOf(properties, wishes.shutdownTimeoutMs),
    guestAgent: guestAgentOf(properties),
    leftOut: [...traps.leftOut, ...skipped.map(({ name }) => `volume ${name}`)],
  };
  return {
    member,
    problems: [
      ...stateProblems(instance, server, begun.has(instance.name), told.has(instance.name)),
      ...volumeProblems(ownerOf(member), volumes),
      ...rootProblems(ownerOf(member), own, wishes),
      ...traps.problems,
    ],
    warnings: [
      ...traps.warnings,
      ...skipped.map((volume) => skippedWarning(instance, volume)),
      ...agentWarnings(member, wishes.consistency),
    ],
  };
}

function ownerOf({ instance, server }: Pick<Member, "instance" | "server">) {
  return { ...instance, volumeIds: server.volumeIds, isVolumeBacked: server.image === "" };
}

function stateProblems(
  instance: Instance,
  server: ServerView,
  isBegun: boolean,
  isTold: boolean,
): string[] {
  const what = serverLabel(instance);
  const task = server["OS-EXT-STS:task_state"];
  return [
    ...(server.status === "ACTIVE" || server.status === "SHUTOFF"
      ? []
      : [
          `${what} is ${server.status}${server.fault === undefined ? "" : `: ${server.fault.message}`}; ` +
            "it must be ACTIVE or SHUTOFF",
        ]),
    ...(task === null ||
    (isBegun && task.startsWith("image_")) ||
    (isTold && task.startsWith("powering-"))
      ? []
      : [`${what} is busy (${task}): wait until that is over and run again`]),
    ...(server.macAddresses.includes(instance.macAddress)
      ? []
      : [
          `${what} has no port with MAC ${instance.macAddress}; ` +
            `it has ${server.macAddresses.join(", ") || "none"}`,
        ]),
  ];
}

function skippedWarning({ name }: Instance, volume: MemberVolume): string {
  const later =
    volume.policy === "empty" ? "a restore makes it blank" : "a restore comes without it";
  return `PartialSnapshot: volume ${volume.name} of ${name} is not in the set (${volume.policy}): ${later}`;
}

function agentWarnings(member: Member, consistency: Consistency): string[] {
  const { instance, server, guestAgent } = member;
  if (consistency !== "quiesce" || server.status !== "ACTIVE") return [];
  if (indicationsOf(member, true).includes("GuestAgent")) return [];
  return guestAgent === "none"
    ? [
        `NoGuestAgent: ${instance.name} is imaged as after a power cut: ` +
          "its image lacks hw_qemu_guest_agent=yes",
      ]
    : [
        `NoGuestAgent: ${instance.name} freezes its file systems if its agent answers, which nobody proves: ` +
          "Nova requires that only of servers that boot from a volume, and with os_require_quiesce=yes",
      ];
}

function flavorFacts({ name, vcpus, ram, disk }: FlavorView): ManifestMember["flavor"] {
  return { name, vcpus, ramMb: ram, diskGb: disk };
}

function shutdownTimeoutOf(properties: Readonly<Record<string, unknown>>, otherwise: number) {
  const seconds = Number.parseInt(String(properties["os_shutdown_timeout"]), 10);
  return Number.isNaN(seconds) ? otherwise : seconds * 1000;
}

function guestAgentOf(properties: Readonly<Record<string, unknown>>): Member["guestAgent"] {
  if (!isYes(properties["hw_qemu_guest_agent"])) return "none";
  return isYes(properties["os_require_quiesce"]) ? "required" : "asked";
}

/** Nova reads such properties by oslo's bool_from_string. */
function isYes(value: unknown): boolean {
  return ["yes", "true", "1", "on", "t", "y"].includes(String(value).toLowerCase());
}
