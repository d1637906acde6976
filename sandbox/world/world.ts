import { Compute } from "./compute/compute";
import { defaultContent, populate, type WorldContent } from "./defaults";
import { Faults } from "./faults";
import type { Guest, GuestListener } from "./guest";
import { Guests } from "./guests";
import { Identity } from "./identity";
import { Ids } from "./ids";
import { Images } from "./images";
import { Networking } from "./network/networking";
import { RequestLog } from "./requestLog";
import { Volumes } from "./volumes";
import { realTime, WorldClock, type TimeSource } from "./worldClock";

/** How a world begins. */
export interface WorldOptions extends Partial<WorldContent> {
  /** All ids and random words come from it. @default 1 */
  seed?: number;
  /** @default the machine's time */
  time?: TimeSource;
  /** How far the world's time is from the source's, in milliseconds. @default 0 */
  clockOffsetMs?: number;
  /** Modelled seconds per second. @default 20 */
  timeScale?: number;
  /** Names of the compute hosts. @default one */
  hosts?: readonly string[];
  /**
   * What a project may have: `instances`, `cores`, `ram`, `volumes`, `gigabytes`, `snapshots`,
   * `network`, `subnet`, `port`, `router`, `floatingip`, `security_group`. @default no limits
   */
  quotas?: Readonly<Record<string, number>>;
}

/** A whole cloud as data that changes with time. Knows nothing of HTTP. */
export class World {
  readonly clock: WorldClock;
  readonly ids: Ids;
  readonly faults = new Faults();
  readonly requests = new RequestLog();
  readonly quotas: Readonly<Record<string, number>>;
  readonly identity: Identity;
  readonly images: Images;
  readonly networking: Networking;
  readonly volumes: Volumes;
  readonly compute: Compute;
  readonly #guests: Guests;

  constructor(options: WorldOptions = {}) {
    this.clock = new WorldClock(
      options.time ?? realTime,
      options.timeScale ?? 20,
      options.clockOffsetMs ?? 0,
    );
    this.ids = new Ids(options.seed);
    this.quotas = options.quotas ?? {};
    this.#guests = new Guests(this.clock, this.ids);
    this.identity = new Identity(this.clock, this.ids);
    this.images = new Images(this.clock, this.ids);
    this.networking = new Networking(this.clock, this.ids, this.quotas);
    this.volumes = new Volumes(this.clock, this.ids, this.images, this.quotas);
    this.compute = new Compute({
      clock: this.clock,
      ids: this.ids,
      faults: this.faults,
      guests: this.#guests,
      images: this.images,
      networking: this.networking,
      volumes: this.volumes,
      hosts: options.hosts ?? ["sandbox-host-0"],
      quotas: this.quotas,
    });
    populate(this, { ...defaultContent, ...options });
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

  /** Every token stops working; the next call of every client gets a 401. */
  revokeTokens(): void {
    this.identity.revokeTokens();
  }

  /** Stops the world's time for good. */
  stop(): void {
    this.clock.stop();
  }
}
