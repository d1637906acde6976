import type { Ids } from "./ids";

/** What a disk remembers: plain JSON, copied as a whole into an image and back. */
export interface DiskContent {
  /** Boots of this disk, in whichever server: a restored disk goes on counting. */
  bootCount: number;
  /** File path → text. */
  files: Record<string, string>;
  /** State of an OpenShift cluster that lives on this disk. */
  cluster?: unknown;
}

/** The file in which a guest keeps the word that makes its disk recognisable. */
const markerFile = "/var/lib/snapset-marker";

/** The file in which the agent's hook writes when it froze the file systems last. */
const freezeFile = "/var/lib/snapset-frozen";

/** A disk nobody has written to. */
export const emptyDisk = (): DiskContent => ({ bootCount: 0, files: {} });

/** Counts a boot on a disk. @returns the word that makes the disk recognisable, written when it was new */
function countBoot(content: DiskContent, ids: Ids): string {
  content.bootCount += 1;
  return (content.files[markerFile] ??= ids.word());
}

/** One network card of a guest, as the cloud wired it. */
export interface GuestNic {
  networkId: string;
  mac: string;
  ips: string[];
}

/** What is attached to a guest besides its root disk: not part of an image, and written to at each boot. */
export interface GuestVolume {
  volumeId: string;
  device: string;
  content: DiskContent;
}

/** How a guest sees the server around it; all of it may change between two boots. */
export interface Chassis {
  readonly serverId: string;
  readonly projectId: string;
  name(): string;
  metadata(): Record<string, string>;
  /** Properties of the image that the server was booted from. */
  imageProperties(): Record<string, string>;
  nics(): GuestNic[];
  volumes(): GuestVolume[];
}

/** What other models (a cluster) may want to know of a guest's life. Told synchronously. */
export type GuestEvent =
  /** The operating system is up: `bootId` is new, `disk.content.bootCount` has been raised. */
  | { type: "booted"; guest: Guest }
  /** It was asked to shut down and does so; it still runs and may still write to its disk. */
  | { type: "stopping"; guest: Guest }
  /** It is off; `graceful` is false when the plug was pulled. */
  | { type: "stopped"; guest: Guest; graceful: boolean }
  /** Its disk is about to be copied into an image; what is not on the disk now is not in the image. */
  | { type: "capturing"; guest: Guest; running: boolean }
  /** Its server is gone, its disk with it. */
  | { type: "deleted"; guest: Guest };

/** Told of every {@link GuestEvent}. */
export type GuestListener = (event: GuestEvent) => void;

/** `off` → `booting` → `running` → `stopping` → `off`. */
export type GuestState = "off" | "booting" | "running" | "stopping";

/** The machine inside a server: a disk that remembers, a console, and manners about being stopped. */
export class Guest {
  state: GuestState = "off";
  /** As in /proc/sys/kernel/random/boot_id: another one at each boot. */
  bootId: string | undefined;
  bootedAt: Date | undefined;
  /** Whether the last stop was a shutdown; undefined before the first. */
  lastStopGraceful: boolean | undefined;
  /** Whether a guest agent runs in it; Nova reaches it where the image has `hw_qemu_guest_agent`. */
  hasAgent = true;
  /** When its file systems were frozen for a snapshot, and until when. */
  readonly freezes: { at: Date; thawedAt?: Date }[] = [];
  /** A guest that never answers the power button. */
  ignoresAcpi = false;
  readonly console: string[] = [];

  constructor(
    readonly chassis: Chassis,
    /** A server's own disk, or the volume that it boots from: then whoever holds the volume sees it too. */
    readonly disk: { content: DiskContent },
  ) {}

  get serverId(): string {
    return this.chassis.serverId;
  }

  get name(): string {
    return this.chassis.name();
  }

  /** Every address of every card. */
  get ips(): string[] {
    return this.chassis.nics().flatMap((nic) => nic.ips);
  }

  /** Brings the operating system up: counts the boot on every disk, and says so on the console. */
  boot(ids: Ids, now: Date): void {
    const { content } = this.disk;
    const marker = countBoot(content, ids);
    this.bootId = ids.uuid();
    this.bootedAt = now;
    this.state = "running";
    const nics = this.chassis.nics();
    const macs = nics.map((nic) => `${nic.mac} `).join("");
    // The name is part of the image, as on a real guest, so that a restored disk can be told by it.
    const hostname = (content.files["/etc/name"] ??= this.name);
    this.say(`BOOT name=${hostname} count=${content.bootCount} macs=${macs}`);
    this.say(`MARKER ${marker}`);
    const volumes = this.chassis.volumes().map((volume) => ({
      name: volume.device.replace("/dev/", ""),
      content: volume.content,
    }));
    this.say(`disks vda ${volumes.map(({ name }) => `${name} `).join("")}`);
    for (const volume of volumes) {
      const written = countBoot(volume.content, ids);
      this.say(`DISK ${volume.name} count=${volume.content.bootCount} marker=${written}`);
    }
    this.say("READY");
    nics.forEach((nic, index) => {
      const [ip] = nic.ips;
      if (ip !== undefined) this.say(`dhcp eth${index} ${ip}`);
    });
    this.say(`metadata hostname=${this.name}.novalocal`);
  }

  /**
   * The agent freezes the file systems; its hook leaves word of it on the disk first.
   *
   * @returns whether there is an agent that can
   */
  freeze(now: Date): boolean {
    if (!this.hasAgent || this.state !== "running") return false;
    this.freezes.push({ at: now });
    this.disk.content.files[freezeFile] = now.toISOString();
    this.say("FSFREEZE frozen");
    return true;
  }

  /** Lets the file systems go on. */
  thaw(now: Date): void {
    const freeze = this.freezes.at(-1);
    if (freeze === undefined || freeze.thawedAt !== undefined) return;
    freeze.thawedAt = now;
    this.say("FSFREEZE thawed");
  }

  /** Writes a line on the console in the form of the real test guest. */
  say(text: string): void {
    this.console.push(`oscloud: ${text}`);
  }
}
