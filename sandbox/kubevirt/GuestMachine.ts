import type { Files } from "./disks";

/** What the agent's service leaves on a disk when it is enabled: with it an agent starts at each boot. */
export const agentFile = "/etc/systemd/system/multi-user.target.wants/qemu-guest-agent.service";

/** As libvirt says it of a guest whose agent is not there. */
const noAgent = "Guest agent is not responding: QEMU guest agent is not connected";

/** What the agent of a guest says of its freeze when it could not hold it. */
export const freezeLimitReached = "fsfreeze is limited up to 10 seconds";

/** An agent that did not do what it was asked for. */
export class AgentError extends Error {
  override readonly name = "AgentError";

  constructor(message: string) {
    super(`virError(Code=86, Domain=10, Message='${message}')`);
  }
}

/** A running guest: what it has in memory, and whether its file systems take writes. */
export class GuestMachine {
  hasAgent: boolean;
  isPaused = false;
  isFrozen = false;
  /** When it thaws by itself. */
  thawAtMs: number | undefined;
  /** It has thawed before it was told to, and not said so yet. */
  #brokeFreeze = false;
  #dirty: { disk: Files; path: string; text: string }[] = [];
  #blocked: (() => void)[] = [];

  constructor(
    /** By the names of its volumes. */
    readonly disks: Readonly<Record<string, Files>>,
    readonly bootedAtMs: number,
  ) {
    this.hasAgent = Object.values(disks).some((files) => agentFile in files);
  }

  /** What it sees of a volume: its disk, and what it has written and not synced. */
  files(volume: string): Files {
    const disk = this.#disk(volume);
    const unsynced = this.#dirty.filter((it) => it.disk === disk);
    return { ...disk, ...Object.fromEntries(unsynced.map(({ path, text }) => [path, text])) };
  }

  /** Done now, or when it is thawed. */
  write(volume: string, path: string, text: string, isSynced: boolean): void {
    const disk = this.#disk(volume);
    this.#whenThawed(() => {
      if (isSynced) disk[path] = text;
      else this.#dirty.push({ disk, path, text });
      if (path === agentFile) this.hasAgent = true;
    });
  }

  /** A file, or all below a path that ends in a slash. */
  remove(volume: string, path: string): void {
    const disk = this.#disk(volume);
    const isIt = (other: string) => (path.endsWith("/") ? other.startsWith(path) : other === path);
    this.#whenThawed(() => {
      this.#dirty = this.#dirty.filter((it) => it.disk !== disk || !isIt(it.path));
      for (const other of Object.keys(disk)) if (isIt(other)) Reflect.deleteProperty(disk, other);
    });
  }

  /**
   * Writes what is in memory to the disks and takes no more writes. One that is frozen stays so, with
   * the deadline that it has (KubeVirt pkg/virt-launcher/virtwrap/storage/fsfreeze.go).
   *
   * @param thawAtMs when it thaws by itself; undefined for never
   * @throws {AgentError} without an agent
   */
  freeze(thawAtMs: number | undefined): void {
    if (!this.hasAgent) throw new AgentError(noAgent);
    if (this.isFrozen) return;
    this.sync();
    this.isFrozen = true;
    this.thawAtMs = thawAtMs;
  }

  /** @throws {AgentError} without an agent; or once, when it has thawed too early */
  thaw(): void {
    if (!this.hasAgent) throw new AgentError(noAgent);
    const hasBroken = this.#brokeFreeze;
    this.#brokeFreeze = false;
    this.#thaw();
    if (hasBroken) throw new AgentError(freezeLimitReached);
  }

  /** Thaws before it is told to; says so when it is. */
  breakFreeze(): void {
    this.#thaw();
    this.#brokeFreeze = true;
  }

  /** What the deadline of a freeze does; without an agent nothing. */
  thawWhenDue(nowMs: number): void {
    if (this.hasAgent && this.thawAtMs !== undefined && this.thawAtMs <= nowMs) this.#thaw();
  }

  /** Writes what is in memory to the disks, as a clean stop does. */
  sync(): void {
    for (const { disk, path, text } of this.#dirty) disk[path] = text;
    this.#dirty = [];
  }

  #thaw(): void {
    this.isFrozen = false;
    this.thawAtMs = undefined;
    const blocked = this.#blocked;
    this.#blocked = [];
    for (const act of blocked) act();
  }

  #whenThawed(act: () => void): void {
    if (this.isFrozen) this.#blocked.push(act);
    else act();
  }

  #disk(volume: string): Files {
    const disk = this.disks[volume];
    if (!disk) throw new Error(`the guest has no volume ${volume}`);
    return disk;
  }
}
