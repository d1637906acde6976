import {
  Guest,
  type Chassis,
  type DiskContent,
  type GuestEvent,
  type GuestListener,
} from "./guest";
import type { Ids } from "./ids";
import type { WorldClock } from "./worldClock";

/** How long a guest takes for things, in modelled milliseconds. */
const guestTimes = {
  /** From power on until the operating system is up. */
  bootMs: 12_000,
  /** From the power button until the machine is off. */
  shutdownMs: 5_000,
};

/** Every guest there is, and everyone who wants to know about them. */
export class Guests {
  readonly #guests = new Map<string, Guest>();
  readonly #listeners = new Set<GuestListener>();

  constructor(
    private readonly clock: WorldClock,
    private readonly ids: Ids,
  ) {}

  /** Registers a listener; returns what removes it. */
  onEvent(listener: GuestListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** All guests, in the order in which their servers were made. */
  all(): Guest[] {
    return [...this.#guests.values()];
  }

  get(serverId: string): Guest | undefined {
    return this.#guests.get(serverId);
  }

  /** Puts a guest with a copy of `content` on its disk into a new server. */
  create(chassis: Chassis, content: DiskContent): Guest {
    return this.createOn(chassis, { content: structuredClone(content) });
  }

  /** Puts a guest into a new server that boots from a disk that is there already: a volume. */
  createOn(chassis: Chassis, disk: { content: DiskContent }): Guest {
    const guest = new Guest(chassis, disk);
    this.#guests.set(chassis.serverId, guest);
    return guest;
  }

  /** Powers the machine on; it is up when its boot time has passed and nobody pulled the plug. */
  powerOn(guest: Guest): void {
    // libvirt truncates the console log file at each power on.
    guest.console.length = 0;
    guest.state = "booting";
    this.clock.after(guestTimes.bootMs, () => {
      if (guest.state !== "booting" || this.get(guest.serverId) !== guest) return;
      guest.boot(this.ids, this.clock.now());
      this.#tell({ type: "booted", guest });
    });
  }

  /**
   * Presses the power button. A guest that is not up yet, or that ignores the button, does nothing.
   *
   * @param then called when the machine is off
   * @returns whether the guest reacts
   */
  pressPowerButton(guest: Guest, then: () => void): boolean {
    if (guest.ignoresAcpi) return false;
    return this.#shutDown(guest, "POWERBUTTON, halting", then);
  }

  /** The guest shuts itself down, as by `shutdown -h now`. */
  shutDownFromInside(guest: Guest, then: () => void): boolean {
    return this.#shutDown(guest, "SHUTDOWN, halting", then);
  }

  /** Pulls the plug: what was not on the disk is lost. */
  pullPlug(guest: Guest): void {
    if (guest.state === "off") return;
    this.#off(guest, false);
  }

  /** The disk's content for an image, as it is at this moment. */
  captureDisk(guest: Guest): DiskContent {
    this.settle(guest);
    return structuredClone(guest.disk.content);
  }

  /** Has what the guest knows written to its disk, which is about to be copied. */
  settle(guest: Guest): void {
    this.#tell({ type: "capturing", guest, running: guest.state !== "off" });
  }

  remove(guest: Guest): void {
    this.pullPlug(guest);
    this.#guests.delete(guest.serverId);
    this.#tell({ type: "deleted", guest });
  }

  #shutDown(guest: Guest, line: string, then: () => void): boolean {
    if (guest.state !== "running") return false;
    guest.state = "stopping";
    guest.say(line);
    this.#tell({ type: "stopping", guest });
    this.clock.after(guestTimes.shutdownMs, () => {
      // The plug may have been pulled, or the server deleted, while it was shutting down.
      if (guest.state !== "stopping") return;
      this.#off(guest, true);
      then();
    });
    return true;
  }

  #off(guest: Guest, graceful: boolean): void {
    guest.state = "off";
    guest.bootId = undefined;
    guest.lastStopGraceful = graceful;
    this.#tell({ type: "stopped", guest, graceful });
  }

  #tell(event: GuestEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
