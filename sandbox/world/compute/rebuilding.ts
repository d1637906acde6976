import type { Caller } from "../identity";
import type { Image } from "../images";
import { Refusal } from "../refusal";
import type { ComputeContext } from "./context";
import type { Power } from "./power";
import type { Server, VmState } from "./records";
import type { Servers } from "./servers";

/** When a rebuild reaches which task_state, in modelled milliseconds, counted from its power-off. */
const steps = { mappingMs: 1_000, spawningMs: 2_000, activeMs: 6_000, stoppedMs: 500 };

/** Servers whose root disk is made anew from an image. */
export class Rebuilding {
  constructor(
    private readonly servers: Servers,
    private readonly power: Power,
    private readonly context: ComputeContext,
  ) {}

  /**
   * Keeps the server with its ports, volumes and metadata. As Nova does it, one that was off is
   * started, and its plug pulled at once.
   *
   * @throws {Refusal} 409 in a wrong state, 400 for an image that cannot be, or a volume as root
   */
  rebuild(server: Server, who: Caller, imageId: string): void {
    this.servers.requireUnlocked(server, who);
    this.servers.require(server, "rebuild", ["active", "stopped", "error"]);
    const image = this.#image(server, who, imageId);
    const before = server.vmState;
    server.imageId = image.id;
    server.imageProperties = { ...image.properties };
    server.imageMinDisk = image.minDisk;
    server.imageSize = image.size ?? 0;
    const fails = this.context.faults.hasEffect("rebuildFails", "rebuild", [
      server.name,
      server.id,
    ]);
    this.servers.setTask(server, "rebuilding");
    this.power.shutDown(server, () => {
      this.#make(server, image, before, fails);
    });
  }

  #image(server: Server, who: Caller, imageId: string): Image {
    const { images } = this.context;
    const image = images.get(imageId);
    if (image === undefined || !images.isVisible(image, who)) {
      throw new Refusal(400, "Cannot find image for rebuild");
    }
    if (server.imageId === "") {
      throw new Refusal(
        400,
        `Image ${imageId} is unacceptable: Unable to rebuild with a different image for a volume-backed server.`,
      );
    }
    if (image.status !== "active") throw new Refusal(400, `Image ${imageId} is not active.`);
    return image;
  }

  #make(server: Server, image: Image, before: VmState, fails: boolean): void {
    const step = (ms: number, action: () => void) =>
      this.context.clock.after(ms, () => {
        const isThere = this.servers.get(server.id) === server && server.taskState !== "deleting";
        if (isThere) action();
      });
    step(steps.mappingMs, () => {
      this.servers.setTask(server, "rebuild_block_device_mapping");
    });
    step(steps.spawningMs, () => {
      this.servers.setTask(server, fails ? server.taskState : "rebuild_spawning");
    });
    step(steps.activeMs, () => {
      if (fails) this.#fail(server);
      else this.#boot(server, image, before === "stopped");
    });
  }

  #boot(server: Server, image: Image, wasOff: boolean): void {
    const { clock, guests, images } = this.context;
    const old = this.servers.guest(server);
    if (old !== undefined) {
      guests.remove(old);
      guests.create(old.chassis, images.contentOf(image));
    }
    server.launchedAt = clock.now();
    server.fault = null;
    this.power.turnOn(server);
    if (!wasOff) return;
    this.servers.setTask(server, "powering-off");
    clock.after(steps.stoppedMs, () => {
      const guest = this.servers.guest(server);
      if (guest !== undefined) guests.pullPlug(guest);
      this.servers.setState(server, "stopped", null);
      this.servers.setPortStatus(server, "DOWN");
    });
  }

  #fail(server: Server): void {
    const message = "Failed to build the root disk: no space left on device.";
    server.fault = { code: 500, message, created: this.context.clock.now() };
    this.servers.setState(server, "error", null);
  }
}
