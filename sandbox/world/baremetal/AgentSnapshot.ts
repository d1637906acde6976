import { buffer } from "node:stream/consumers";
import { createHash } from "node:crypto";
import { messageOf } from "../../../common/errors";
import type { Effect } from "../faults";
import type { Image } from "../images";
import { Refusal } from "../refusal";
import { namesOf, reboot, type ConductorContext } from "./context";
import type { Machine } from "./Machine";
import type { StreamedImage } from "./Ramdisk";
import type { BareMetalNode } from "./records";
import type { SnapshotInterface } from "./snapshotInterfaces";
import { StoreClient } from "./store/StoreClient";
import type { TransferFlaw } from "./store/Transfers";
import type { WebDavStore } from "./store/WebDavStore";
import type { Task } from "./Tasks";

/** Modelled milliseconds. */
const times = { prepareMs: 2_000, streamMs: 15_000, uploadMs: 5_000 };

/** The interface kind `agent`: the ramdisk streams the root device's data into the intermediate storage. */
export class AgentSnapshot implements SnapshotInterface {
  constructor(private readonly context: ConductorContext) {}

  validate(node: BareMetalNode, imageRef: string): void {
    const refuse = (reason: string) =>
      new Refusal(400, `Failed to validate snapshot of node ${node.uuid}. Error: ${reason}`);
    const image = this.context.images.get(imageRef);
    if (image === undefined) throw refuse(`Image ${imageRef} could not be found.`);
    if (image.status !== "queued") {
      throw refuse(
        `Image ${imageRef} is ${image.status}; only a queued image can receive a snapshot's data.`,
      );
    }
    if (this.context.machineOf(node) === undefined) {
      throw refuse(`Driver ${node.fields.driver} has no ramdisk that could boot.`);
    }
  }

  async snapshot(task: Task): Promise<"snapshot wait"> {
    const { node } = task;
    task.step("snapshot.prepare");
    const machine = this.#machine(node);
    node.driverInternalInfo["snapshot_power_state"] ??= node.powerState;
    // The ramdisk is told the storage's authority when it looks up its node.
    await this.context.store();
    for (const port of this.context.portsOf(node)) {
      port.internalInfo["provisioning_vif_port_id"] = this.context.ids.uuid();
    }
    await task.pass(times.prepareMs);
    machine.bootDevice = "pxe";
    task.step("snapshot.netboot");
    reboot(node, machine);
    return "snapshot wait";
  }

  async continueSnapshot(task: Task): Promise<void> {
    const store = await this.context.store();
    const streamed = await this.#stream(task, store);
    task.step("snapshot.upload");
    const client = new StoreClient(store.conductorUrl, store.ca);
    const name = imageNameOf(task.node);
    await this.#upload(task, await this.#fetch(client, name, streamed));
    task.step("snapshot.remove_intermediate");
    await client.expect([204], { method: "DELETE", name });
  }

  async cleanUp(task: Task): Promise<void> {
    const { node } = task;
    const before = node.driverInternalInfo["snapshot_power_state"];
    if (before === undefined) return;
    task.step("snapshot.clean_up");
    const machine = this.#machine(node);
    const store = await this.context.store();
    store.transfers.revoke(imageNameOf(node));
    machine.powerOff();
    machine.bootDevice = "disk";
    node.powerState = "power off";
    for (const port of this.context.portsOf(node)) port.internalInfo = {};
    const client = new StoreClient(store.conductorUrl, store.ca);
    await client.expect([204, 404], { method: "DELETE", name: imageNameOf(node) });
    if (before === "power on") reboot(node, machine);
    delete node.driverInternalInfo["snapshot_power_state"];
  }

  async #stream(task: Task, store: WebDavStore): Promise<StreamedImage> {
    const { node } = task;
    task.step("snapshot.stream_image");
    await task.pass(times.streamMs);
    const agent = this.#machine(node).ramdisk;
    if (agent === undefined) throw new Error("The agent does not answer: its machine is off.");
    const flaw = (Object.keys(flaws) as TransferFlaw[]).find((kind) =>
      this.#hits(flaws[kind], node),
    );
    const name = imageNameOf(node);
    return agent.streamImage(store.allowTransfer(name, flaw), name);
  }

  /** The intermediate image, when it is still what the ramdisk sent. */
  async #fetch(client: StoreClient, name: string, sent: StreamedImage): Promise<Buffer> {
    const { body } = await client.expect([200], { method: "GET", name });
    const bytes = await buffer(body);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    if (sha256 === sent.sha256) return bytes;
    throw new Error(
      `The intermediate image was altered: its sha-256 is ${sha256}, and the ramdisk sent ${sent.sha256}.`,
    );
  }

  async #upload(task: Task, bytes: Buffer): Promise<void> {
    const { images } = this.context;
    const image = this.#image(task.node);
    try {
      images.beginUpload(image);
      await task.pass(times.uploadMs);
      if (this.#hits("imageUploadFails", task.node)) {
        throw new Error("500 Internal Server Error: Failed to upload image data.");
      }
      images.setBytes(this.#image(task.node), bytes);
    } catch (error) {
      images.restore(image);
      throw new Error(`The Image service did not take the image: ${messageOf(error)}`, {
        cause: error,
      });
    }
  }

  #image(node: BareMetalNode): Image {
    const image = this.context.images.get(imageRefOf(node));
    if (image !== undefined) return image;
    throw new Error(`Image ${imageRefOf(node)} could not be found.`);
  }

  #machine(node: BareMetalNode): Machine {
    const machine = this.context.machineOf(node);
    if (machine !== undefined) return machine;
    throw new Error(`Node ${node.uuid} has no machine.`);
  }

  #hits(effect: Effect, node: BareMetalNode): boolean {
    return this.context.faults.hasEffect(effect, "snapshot", namesOf(node));
  }
}

/** What can go wrong in the storage → the fault that says so. */
const flaws: Readonly<Record<TransferFlaw, Effect>> = {
  full: "storeFull",
  cut: "connectionCut",
  altered: "storeTampered",
};

/** The image that a node's snapshot goes into. */
const imageRefOf = ({ driverInternalInfo }: BareMetalNode): string =>
  String(driverInternalInfo["snapshot_image_ref"]);

/** The name in the intermediate storage: by the image, so that no two snapshots ever share one. */
const imageNameOf = (node: BareMetalNode): string => `${imageRefOf(node)}-snapshot.qcow2`;
