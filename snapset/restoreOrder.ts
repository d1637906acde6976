import type { ManifestMember } from "./manifest";
import type { Readiness } from "./reset/preflight";
import type { ResetVolume } from "./reset/resetNode";
import type { Role } from "./roles";

/** Members that are to be at a set. */
export interface RestoreOrder {
  snapId: string;
  /** Any text; another one asks for another restore. */
  trigger: string;
  /**
   * Whose restore it is: what another stack has restored for the same set and trigger may have been
   * used since. Absent where machines belong to one stack anyway.
   */
  by?: string;
  members: readonly RestoreMember[];
  /** What becomes of machines that run. */
  readiness: Readiness;
  /** Milliseconds, for all to be back. */
  deadline: number;
  /** Whether an earlier run may have left it half done. */
  isInterrupted: boolean;
}

/** A member, and the machine that is to be at it. */
export interface RestoreMember {
  name: string;
  role: Role;
  /** The server, node or virtual machine: an id, or where one is yet to be made its name. */
  target: string;
  /** The image, or the VirtualMachineSnapshot: its id. */
  imageId: string;
  /** In the order of their devices; data volumes that are filled already. */
  volumes: readonly ResetVolume[];
  /** What the manifest says of a virtual machine. */
  virtualMachine?: ManifestMember["virtualMachine"];
}

/**
 * A member of a set that is to be restored on a machine which the engine does not make.
 *
 * @param target the machine: an id or a name
 */
export function restoreMemberOf(member: ManifestMember, target: string): RestoreMember {
  const { name, role, imageId, virtualMachine } = member;
  return { name, role, target, imageId, volumes: [], virtualMachine };
}
