import type { GuestMachine } from "../GuestMachine";
import type { VmSnapshot } from "../types";
import type { Context } from "./context";
import { failureDeadlineMs } from "./snapshotState";
import { sourceOf, type Source } from "./snapshotSource";
import { uidOf } from "./writes";

/**
 * Freezes the guest of a snapshot, if there is a way to; until the snapshot's deadline at most.
 *
 * @returns what the agent has answered instead
 */
export function freeze(snapshot: VmSnapshot, context: Context): string | undefined {
  const source = sourceOf(snapshot, context);
  if (!source) return "unable to get snapshot source";
  if (!source.isLocked) return "attempting to freeze unlocked VM";
  const guest = guestOf(source, context);
  if (!guest || source.isFrozen || source.isPaused || !source.hasAgent) return undefined;
  const deadlineMs = failureDeadlineMs(snapshot);
  return freezeGuest(guest, source.vm.metadata.name, deadlineMs, context);
}

/**
 * Freezes a guest for so long at most; 0 is until it is told to thaw.
 *
 * @returns what the agent has answered instead
 */
export function freezeGuest(
  guest: GuestMachine,
  vm: string,
  timeoutMs: number,
  context: Context,
): string | undefined {
  if (context.faults.has("freezeFails", vm)) {
    return "virError(Code=1, Domain=10, Message='internal error: unable to execute QEMU agent command 'guest-fsfreeze-freeze': failed to freeze /: Device or resource busy')";
  }
  const problem = attempt(() => {
    guest.freeze(timeoutMs === 0 ? undefined : context.nowMs + timeoutMs);
  });
  if (problem !== undefined) return problem;
  if (timeoutMs > 0) context.isDue(context.nowMs + timeoutMs);
  if (context.faults.has("freezeTimesOut", vm)) guest.breakFreeze();
  if (context.faults.has("agentDiesFrozen", vm)) guest.hasAgent = false;
  return undefined;
}

/**
 * Thaws the guest of a snapshot that has hold of its machine.
 *
 * @returns what the agent has answered, when the freeze did not last so long
 */
export function thaw(snapshot: VmSnapshot | undefined, context: Context): string | undefined {
  const source = snapshot && sourceOf(snapshot, context);
  if (!source?.isLocked || !source.hasAgent || source.isPaused) return undefined;
  const guest = guestOf(source, context);
  return (
    guest &&
    attempt(() => {
      guest.thaw();
    })
  );
}

function guestOf({ instance }: Source, { guests }: Context): GuestMachine | undefined {
  return instance && guests.get(uidOf(instance));
}

function attempt(act: () => void): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
