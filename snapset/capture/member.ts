import type { MemberIdentity } from "../identity";
import type { Indication, ManifestMember, ManifestVolume } from "../manifest";
import type { Instance } from "../snapsetData";
import type { ServerView } from "./server";

/** A volume of a server, and what the set will do with it. */
export type MemberVolume = Omit<ManifestVolume, "snapshotId">;

/** One member of a capture, found, whatever it runs on. */
export interface CapturedMember {
  instance: Instance;
  identity: MemberIdentity;
}

/** One server of the capture, with everything that decides how it is captured. */
export interface Member extends CapturedMember {
  /** As it was before the first change. */
  server: ServerView;
  volumes: readonly MemberVolume[];
  flavor: ManifestMember["flavor"];
  /** How long Nova waits for the guest before it pulls the plug, milliseconds. */
  shutdownTimeoutMs: number;
  /**
   * What Nova does about the guest's file systems when it images a running server: nothing, asks
   * the agent and goes on when it does not answer, or fails then.
   */
  guestAgent: "none" | "asked" | "required";
  /** Why the set does not hold everything of it; empty when it does. */
  leftOut: readonly string[];
}

/** Whether the server boots from a volume: its image is empty then and only names snapshots. */
export function isVolumeBacked({ server }: Pick<Member, "server">): boolean {
  return server.image === "";
}

/**
 * What an image of the member is worth. That file systems were frozen is said only where Nova would
 * have failed otherwise: with `os_require_quiesce` on a server that boots from a volume (nova
 * `compute/api.py`, snapshot_volume_backed). Of another one it makes the image all the same when the
 * agent does not answer.
 *
 * @param isRunning whether the server ran while it was imaged
 */
export function indicationsOf(member: Member, isRunning: boolean): Indication[] {
  const partial: Indication[] = member.leftOut.length === 0 ? [] : ["PartialSnapshot"];
  if (!isRunning) return partial;
  const isProven = member.guestAgent === "required" && isVolumeBacked(member);
  const agent = isProven ? "GuestAgent" : "NoGuestAgent";
  return ["Online", agent, ...partial];
}

/** The anchor: the member that carries the manifest; the controller, else the first by name. */
export function anchorOf<M extends CapturedMember>(members: readonly M[]): M {
  const byName = members.toSorted((a, b) => a.instance.name.localeCompare(b.instance.name));
  const anchor = byName.find((member) => member.instance.role === "controller") ?? byName[0];
  if (anchor === undefined) throw new RangeError("a set has at least one member");
  return anchor;
}
