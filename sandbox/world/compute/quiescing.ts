import type { DiskContent, Guest } from "../guest";
import { Refusal } from "../refusal";
import type { ComputeContext } from "./context";
import type { Server } from "./records";
import type { Servers } from "./servers";
import { unexpected } from "./snapshotImage";

// oslo_utils.strutils.bool_from_string
const isTrue = (text: string | undefined) => /^(1|t|true|on|y|yes)$/i.test(text ?? "");

/** Freezing a guest's file systems around a snapshot, by its agent (virt/libvirt/driver.py). */
export class Quiescing {
  constructor(
    private readonly servers: Servers,
    private readonly context: ComputeContext,
  ) {}

  /**
   * Whether a live snapshot fails: it has to be quiesced, and there is not even a channel to an
   * agent. An agent that is there but does not answer is only logged.
   */
  isImpossible(server: Server): boolean {
    return isLive(server) && isRequired(server) && !hasChannel(server);
  }

  /** The disk of an image-backed server, frozen for the moment where there is an agent that answers. */
  capture(server: Server, isSilent: boolean): DiskContent | undefined {
    const guest = this.servers.guest(server);
    if (guest === undefined) return undefined;
    const isFrozen = isLive(server) && this.#freeze(server, guest, isSilent);
    const content = this.context.guests.captureDisk(guest);
    if (isFrozen) guest.thaw(this.context.clock.now());
    return content;
  }

  /**
   * Freezes a volume-backed server.
   *
   * @returns what thaws it, when it was frozen
   * @throws {Refusal} where it has to be frozen and cannot: 400 without an agent's channel, 500 when
   * nobody answers
   */
  freeze(server: Server, isSilent: boolean): (() => void) | undefined {
    const guest = this.servers.guest(server);
    if (server.vmState !== "active" || guest === undefined) return undefined;
    if (this.#freeze(server, guest, isSilent)) {
      return () => {
        guest.thaw(this.context.clock.now());
      };
    }
    if (!isRequired(server)) return undefined;
    throw hasChannel(server)
      ? unexpected("nova.exception_Remote.InternalError_Remote")
      : new Refusal(400, "QEMU guest agent is not enabled");
  }

  #freeze(server: Server, guest: Guest, isSilent: boolean): boolean {
    return hasChannel(server) && !isSilent && guest.freeze(this.context.clock.now());
  }
}

const isLive = ({ vmState }: Server) => vmState === "active" || vmState === "paused";
const hasChannel = ({ imageProperties }: Server) => isTrue(imageProperties["hw_qemu_guest_agent"]);
const isRequired = ({ imageProperties }: Server) => isTrue(imageProperties["os_require_quiesce"]);
