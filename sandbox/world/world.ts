import { Volumes } from "./blockStorage/volumes";
import { BareMetal } from "./baremetal/BareMetal";
import type { BareMetalOptions } from "./baremetal/records";
import { Compute } from "./compute/compute";
import type { Server } from "./compute/records";
import { defaultContent, populate, type WorldContent } from "./defaults";
import { Faults } from "./faults";
import { addFleet, type FleetOptions } from "./fleet";
import type { Guest, GuestListener } from "./guest";
import { Guests } from "./guests";
import { Identity } from "./identity";
import { Ids } from "./ids";
import { Images } from "./images";
import { Networking } from "./network/networking";
import { RequestLog } from "./requestLog";
import { defaultSettings, type Settings } from "./settings";
import { Somebody } from "./somebody";
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
  /** Names of the compute hosts, or how many: servers go to them in turn. @default one */
  hosts?: readonly string[] | number;
  /** How long images take, and how many a host makes at a time. */
  settings?: Partial<Settings>;
  /**
   * What a project may have: `instances`, `cores`, `ram`, `volumes`, `gigabytes`, `snapshots`
   * (of a volume type too: `snapshots_nfs`), `network`, `subnet`, `port`, `router`, `floatingip`,
   * `security_group`, and where Glance counts: `image_count_total`, `image_size_total` (MiB),
   * `image_count_uploading`. @default no limits
   */
  quotas?: Readonly<Record<string, number>>;
  /** Ironic's nodes, and what it offers. @default none, with snapshots */
  bareMetal?: BareMetalOptions;
}

/** A whole cloud as data that changes with time. Knows nothing of HTTP. */
export class World {
  readonly clock: WorldClock;
  readonly ids: Ids;
  readonly faults = new Faults();
  readonly requests = new RequestLog();
  /** May be changed at any time. */
  readonly quotas: Record<string, number>;
  /** May be changed at any time. */
  readonly settings: Settings;
  readonly identity: Identity;
  readonly images: Images;
  readonly networking: Networking;
  readonly volumes: Volumes;
  readonly compute: Compute;
  readonly bareMetal: BareMetal;
  /** Changes things as nobody of ours would. */
  readonly somebody: Somebody;
  readonly #guests: Guests;

  constructor(options: WorldOptions = {}) {
    this.clock = new WorldClock(
      options.time ?? realTime,
      options.timeScale ?? 20,
      options.clockOffsetMs ?? 0,
    );
    this.ids = new Ids(options.seed);
    this.quotas = { ...options.quotas };
    this.settings = { ...defaultSettings, ...options.settings };
    this.#guests = new Guests(this.clock, this.ids);
    this.identity = new Identity(this.clock, this.ids);
    this.images = new Images(this.clock, this.ids, this.quotas);
    this.networking = new Networking(this.clock, this.ids, this.quotas);
    this.volumes = new Volumes({
      clock: this.clock,
      ids: this.ids,
      faults: this.faults,
      images: this.images,
      quotas: this.quotas,
      settle: (volume) => {
        const guest = this.#guests.get(volume.attachments[0]?.serverId ?? "");
        if (guest?.disk === volume) this.#guests.settle(guest);
      },
      isServerBusy: ({ attachments: [attachment] }) => {
        const server = this.compute.servers.get(attachment?.serverId ?? "");
        return server !== undefined && server.taskState !== null;
      },
    });
    this.compute = new Compute({
      clock: this.clock,
      ids: this.ids,
      faults: this.faults,
      guests: this.#guests,
      images: this.images,
      networking: this.networking,
      volumes: this.volumes,
      hosts: hostNames(options.hosts ?? 1),
      settings: this.settings,
      seed: options.seed ?? 1,
      quotas: this.quotas,
    });
    const { clock, ids, faults, images, identity } = this;
    this.bareMetal = new BareMetal(
      { clock, ids, faults, images, identity, guests: this.#guests },
      { ...options.bareMetal },
    );
    this.somebody = new Somebody(this, new Ids(0).hex(32));
    populate(this, { ...defaultContent, ...options });
    this.bareMetal.enroll(options.bareMetal?.nodes ?? []);
  }

  /** Every guest; find one by name, address, metadata or image property. */
  guests(): Guest[] {
    return this.#guests.all();
  }

  /** Makes many servers, and moves the time on until they are up. */
  addFleet(options: FleetOptions): Server[] {
    return addFleet(this, options);
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

  /** Stops the world's time for good, and removes what it has outside of memory. */
  async stop(): Promise<void> {
    this.clock.stop();
    await this.bareMetal.close();
  }
}

function hostNames(hosts: readonly string[] | number): readonly string[] {
  if (typeof hosts !== "number") return hosts;
  return Array.from({ length: hosts }, (_, index) => `sandbox-host-${index}`);
}
