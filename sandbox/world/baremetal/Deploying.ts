import { z } from "zod";
import { Refusal } from "../refusal";
import type { Image } from "../images";
import { armCallbackTimeout, timeoutMessage } from "./callbackTimeout";
import { reboot, type ConductorContext } from "./context";
import type { Machine } from "./Machine";
import type { Ramdisk } from "./Ramdisk";
import type { BareMetalNode } from "./records";
import type { Task } from "./Tasks";

/** Modelled milliseconds. */
const times = { prepareMs: 2_000, writeMs: 10_000, tearDownMs: 2_000, cleanMs: 10_000 };

/** The conductor's part of deploying, undeploying and cleaning. */
export class Deploying {
  constructor(private readonly context: ConductorContext) {}

  /** @throws {Refusal} 400 without an image, 409 while the node is reserved */
  request(node: BareMetalNode, event: "deploy" | "rebuild"): void {
    const machine = this.context.machineOf(node);
    const task = this.context.tasks.acquire(node);
    if (machine !== undefined && imageRefOf(node) === undefined) {
      task.release();
      throw new Refusal(
        400,
        `Failed to validate deploy or power info for node ${node.uuid}. Error: Cannot validate image information for node ${node.uuid} because one or more parameters are missing from its instance_info and insufficent information is present to boot from a remote volume. Missing are: ['image_source']`,
      );
    }
    task.processEvent(event, null);
    this.#spawn(task, async () => {
      if (machine === undefined) this.#finish(task);
      else await this.#netboot(task, machine);
    });
  }

  /** The ramdisk has called while the node waited for it. */
  resume(node: BareMetalNode, agent: Ramdisk): void {
    const task = this.context.tasks.acquire(node);
    task.processEvent("resume");
    this.#spawn(task, async () => {
      await this.#write(task, agent);
      const machine = this.context.machineOf(node);
      if (machine !== undefined) {
        machine.bootDevice = "disk";
        reboot(node, machine);
      }
      this.#finish(task);
    });
  }

  /** @param first what has to be taken back before. @throws {Refusal} 409 while the node is reserved */
  tearDown(node: BareMetalNode, first: (task: Task) => Promise<void>): void {
    const task = this.context.tasks.acquire(node);
    task.processEvent("deleted", null);
    const work = async () => {
      await first(task);
      const machine = this.context.machineOf(node);
      if (machine !== undefined) {
        machine.powerOff();
        machine.bootDevice = "disk";
        node.powerState = "power off";
      }
      await task.pass(times.tearDownMs);
      Object.assign(node.fields, { instance_info: {}, instance_uuid: null });
      node.driverInternalInfo = {};
      task.processEvent("clean");
      await this.#clean(task);
    };
    this.context.tasks.spawn(task, work, (error) => {
      task.processEvent("fail", `Failed to tear down: ${error.message}`);
    });
  }

  /** Makes an enrolled or manageable node ready. @throws {Refusal} 409 while the node is reserved */
  prepare(node: BareMetalNode, event: "manage" | "provide"): void {
    const task = this.context.tasks.acquire(node);
    task.processEvent(event, null);
    const work = async () => {
      if (node.provisionState === "verifying") task.processEvent("done");
      if (node.provisionState === "cleaning") await this.#clean(task);
    };
    this.context.tasks.spawn(task, work, (error) => {
      task.processEvent("fail", error.message);
    });
  }

  async #clean(task: Task): Promise<void> {
    const machine = this.context.machineOf(task.node);
    if (machine !== undefined) {
      await task.pass(times.cleanMs);
      machine.wipe();
    }
    task.processEvent("done");
  }

  async #netboot(task: Task, machine: Machine): Promise<void> {
    const { node } = task;
    await task.pass(times.prepareMs);
    machine.bootDevice = "pxe";
    task.step("deploy.netboot");
    reboot(node, machine);
    task.processEvent("wait");
    armCallbackTimeout(this.context, node, () => {
      const late = this.context.tasks.acquire(node);
      late.processEvent("fail", timeoutMessage(node));
      late.release();
    });
  }

  async #write(task: Task, agent: Ramdisk): Promise<void> {
    const { images, ids } = this.context;
    task.step("deploy.write_image");
    await task.pass(times.writeMs);
    const image = activeImage(images.get(imageRefOf(task.node) ?? ""), task.node);
    const { bytes } = image;
    // The sandbox's own images have no file: what a guest remembers is all that is in them.
    if (bytes === undefined) agent.rootDisk.install(images.contentOf(image), ids);
    else {
      const format = image.diskFormat === "qcow2" ? "qcow2" : "raw";
      this.context.machineOf(task.node)?.wipe();
      await agent.prepareImage({ bytes, format });
    }
  }

  #finish(task: Task): void {
    const { node } = task;
    node.fields.instance_info = { ...node.fields.instance_info, image_type: "whole-disk" };
    node.driverInternalInfo = { is_whole_disk_image: true };
    task.processEvent("done", null);
  }

  #spawn(task: Task, work: () => Promise<void>): void {
    this.context.tasks.spawn(task, work, (error) => {
      task.processEvent("fail", `Failed to deploy: ${error.message}`);
    });
  }
}

function activeImage(image: Image | undefined, node: BareMetalNode): Image {
  const ref = imageRefOf(node) ?? "";
  if (image === undefined) throw new Error(`Image ${ref} could not be found.`);
  if (image.status !== "active") throw new Error(`Image ${ref} is ${image.status}, not active.`);
  return image;
}

/** `instance_info.image_source`: an image's id, or `glance://` and the id. */
function imageRefOf({ fields }: BareMetalNode): string | undefined {
  const source = z.string().safeParse(fields.instance_info["image_source"]);
  return source.success ? source.data.replace(/^glance:\/\//, "") : undefined;
}
