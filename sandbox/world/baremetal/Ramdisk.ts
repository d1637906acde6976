import { rm, writeFile } from "node:fs/promises";
import type { Faults } from "../faults";
import type { Appointment, WorldClock } from "../worldClock";
import { DavMount } from "./DavMount";
import type { DiskFile } from "./DiskFile";
import type { Machine } from "./Machine";
import { convertImage, virtualSizeOf, type DiskFormat } from "./qemuImg";
import type { JsonObject } from "./records";
import { chooseRootDevice } from "./rootDevice";

/** From power on until the agent calls, in modelled milliseconds. */
const bootMs = 20_000;
const heartbeatMs = 60_000;

/** What the agent learns of its node when it calls for the first time. */
export interface LookedUp {
  uuid: string;
  name: string;
  /** `properties.root_device` of the node. */
  rootDevice: JsonObject | undefined;
  /** The authority of the intermediate storage, PEM. */
  storeCa: string;
}

/** The conductor as the agent sees it. */
export interface AgentApi {
  lookup(macs: readonly string[]): LookedUp | undefined;
  heartbeat(uuid: string, agent: Ramdisk): void;
}

/** What the agent tells of an image that it streamed. */
export interface StreamedImage {
  /** The device that it is of. */
  device: string;
  size: number;
  virtualSize: number;
  /** Hexadecimal. */
  sha256: string;
}

/** An image to write: a file, or what a guest's disk is to remember. */
export interface ImageSource {
  bytes: Buffer;
  format: DiskFormat;
}

/** The deploy ramdisk on a machine: ironic-python-agent with the extension `snapshot`. */
export class Ramdisk {
  readonly #stopped = new AbortController();
  #next: Appointment | undefined;
  #node: LookedUp | undefined;

  constructor(
    private readonly machine: Machine,
    private readonly api: AgentApi,
    private readonly parts: { clock: WorldClock; faults: Faults; scratch: string },
  ) {}

  start(): void {
    this.#call(bootMs);
  }

  stop(): void {
    this.#stopped.abort(new Error("The agent does not answer any more: its machine is off."));
    this.#next?.cancel();
  }

  /**
   * The command `snapshot.stream_image`: the root device's data as a qcow2 into the storage.
   *
   * @param url of the storage, https, with credentials
   * @throws {Error} saying why not; it names no credentials
   */
  async streamImage(url: string, imageName: string): Promise<StreamedImage> {
    const { name, uuid, storeCa } = this.#known;
    const disk = this.rootDisk;
    const hits = (effect: "convertFails" | "streamTampered") =>
      this.parts.faults.hasEffect(effect, "snapshot", [name, uuid]);
    const mount = await DavMount.open(url, storeCa, this.parts.scratch, this.#signal);
    try {
      const path = mount.pathOf(imageName);
      const from = hits("convertFails") ? `${disk.path}.unreadable` : disk.path;
      // `dd` would need room for all of the disk: "not considered practical in the spec".
      await convertImage({ path: from, format: "raw" }, { path, format: "qcow2" }, this.#signal);
      const virtualSize = await virtualSizeOf(path, this.#signal);
      const sent = await mount.flush(imageName, { isTampered: hits("streamTampered") });
      return { device: disk.device.name, virtualSize, ...sent };
    } finally {
      await mount.unmount();
    }
  }

  /** Writes an image to the root device, as `standby.prepare_image` does. */
  async prepareImage({ bytes, format }: ImageSource): Promise<void> {
    const disk = this.rootDisk;
    const file = `${disk.path}.image`;
    try {
      await writeFile(file, bytes);
      await convertImage({ path: file, format }, { path: disk.path, format: "raw" }, this.#signal);
      disk.fit();
    } finally {
      await rm(file, { force: true });
    }
  }

  /** The root device, chosen as in deployment. @throws {Error} when none fits */
  get rootDisk(): DiskFile {
    const devices = this.machine.disks.map((disk) => ({ ...disk.device, disk }));
    return chooseRootDevice(devices, this.#known.rootDevice).disk;
  }

  get #signal(): AbortSignal {
    return this.#stopped.signal;
  }

  get #known(): LookedUp {
    if (this.#node === undefined) throw new Error("The agent has not looked up its node yet.");
    return this.#node;
  }

  #call(afterMs: number): void {
    this.#next = this.parts.clock.after(afterMs, () => {
      this.#node ??= this.api.lookup(this.machine.macs);
      if (this.#node === undefined) return;
      this.#call(heartbeatMs);
      this.api.heartbeat(this.#node.uuid, this);
    });
  }
}
