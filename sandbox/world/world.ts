import { Faults } from "./faults";
import type { Guest, GuestListener } from "./guest";
import { Guests } from "./guests";
import { Ids } from "./ids";
import { RequestLog } from "./requestLog";
import { realTime, WorldClock, type TimeSource } from "./worldClock";

/** How a world begins. */
export interface WorldOptions {
  /** All ids and random words come from it. @default 1 */
  seed?: number;
  /** @default the machine's time */
  time?: TimeSource;
  /** How far the world's time is from the source's, in milliseconds. @default 0 */
  clockOffsetMs?: number;
  /** Modelled seconds per second. @default 20 */
  timeScale?: number;
}

/** A whole cloud as data that changes with time. Knows nothing of HTTP. */
export class World {
  readonly clock: WorldClock;
  readonly ids: Ids;
  readonly faults = new Faults();
  readonly requests = new RequestLog();
  readonly #guests: Guests;

  constructor(options: WorldOptions = {}) {
    this.clock = new WorldClock(
      options.time ?? realTime,
      options.timeScale ?? 20,
      options.clockOffsetMs ?? 0,
    );
    this.ids = new Ids(options.seed);
    this.#guests = new Guests(this.clock, this.ids);
  }

  /** Every guest; find one by name, address, metadata or image property. */
  guests(): Guest[] {
    return this.#guests.all();
  }

  /** Registers a listener for the life of all guests; returns what removes it. */
  onGuestEvent(listener: GuestListener): () => void {
    return this.#guests.onEvent(listener);
  }

  /**
   * The guest shuts itself down (`shutdown -h now`): it stops gracefully, and Nova notices a moment later.
   *
   * @returns false when the guest is not running
   */
  powerOffFromInside(serverId: string): boolean {
    const guest = this.#guests.get(serverId);
    return guest !== undefined && this.#guests.shutDownFromInside(guest, () => undefined);
  }

  /** Stops the world's time for good. */
  stop(): void {
    this.clock.stop();
  }
}
