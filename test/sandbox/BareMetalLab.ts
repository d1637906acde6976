/* eslint-disable @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-assignment -- raw answers are what is tested */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import type { BareMetalNodeOptions, BareMetalOptions } from "../../sandbox/world/baremetal/records";
import type { DiskFile } from "../../sandbox/world/baremetal/DiskFile";
import { Lab, type Answer } from "./client";

const version = { "x-openstack-ironic-api-version": "1.200" };
const stepMs = 1_000;
/** Real time: conversions and transfers are real. */
const deadlineMs = 20_000;

/** A sandbox with bare metal, whose time goes on only while something is waited for. */
export class BareMetalLab {
  private constructor(readonly lab: Lab) {}

  static async open(
    nodes: readonly BareMetalNodeOptions[] = [{ name: "bm-0", image: "hotstack-controller" }],
    options: BareMetalOptions = {},
  ): Promise<BareMetalLab> {
    const lab = await Lab.open({ bareMetal: { ...options, nodes } });
    await lab.logIn("admin");
    lab.world.clock.advance(20_000);
    return new BareMetalLab(lab);
  }

  get world() {
    return this.lab.world;
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.lab.get(`/baremetal/v1${path}`, { ...version, ...headers });
  }

  send(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    return this.lab.call(method, `/baremetal/v1${path}`, body, { ...version, ...headers });
  }

  provision(node: string, target: string, more: object = {}): Promise<Answer> {
    return this.send("PUT", `/nodes/${node}/states/provision`, { target, ...more });
  }

  /** An image that waits for data. @returns its id */
  async holder(fields: object = {}): Promise<string> {
    const image = { name: "holder", disk_format: "qcow2", container_format: "bare", ...fields };
    return (await this.lab.call("POST", "/image/v2/images", image)).body.id as string;
  }

  /** Asks for a snapshot that is accepted. @returns the image's id */
  async beginSnapshot(node = "bm-0"): Promise<string> {
    const image = await this.holder();
    const { status, body } = await this.provision(node, "snapshot", { image_ref: image });
    if (status !== 202) throw new Error(JSON.stringify(body));
    return image;
  }

  node(name = "bm-0") {
    return this.world.bareMetal.node(name);
  }

  state(name = "bm-0"): string {
    return this.node(name).provisionState;
  }

  image(id: string) {
    const image = this.world.images.get(id);
    if (image === undefined) throw new Error(`There is no image ${id}.`);
    return image;
  }

  machine(name = "bm-0") {
    const machine = this.world.bareMetal.machineOf(this.node(name));
    if (machine === undefined) throw new Error(`${name} has no machine.`);
    return machine;
  }

  disk(name = "bm-0", index = 0): DiskFile {
    const disk = this.machine(name).disks[index];
    if (disk === undefined) throw new Error(`${name} has no disk ${index}.`);
    return disk;
  }

  bootCount(name = "bm-0"): number | undefined {
    return this.machine(name).guest?.disk.content.bootCount;
  }

  /** Moves time on until the node is in the state and nobody works on it. */
  async settled(state: string, name = "bm-0"): Promise<void> {
    await this.until(
      () => this.state(name) === state && this.node(name).reservation === null,
      `${name} to be ${state}`,
      () => `${this.state(name)}, ${this.node(name).lastError ?? "no error"}`,
    );
  }

  /** Moves time on, and lets real work be done, until something is so. */
  async until(isSo: () => boolean, what: string, lastSeen: () => string): Promise<void> {
    const end = performance.now() + deadlineMs;
    while (!isSo()) {
      if (performance.now() > end)
        throw new Error(`Waited for ${what}, and last saw ${lastSeen()}`);
      // Nothing expires while a conversion or a transfer takes its real time.
      if (!this.world.bareMetal.tasks.isBusy) this.world.clock.advance(stepMs);
      await turn();
    }
  }

  /** Does something with a file that has an image's bytes. */
  async withFile<T>(id: string, use: (path: string) => Promise<T>): Promise<T> {
    const directory = await mkdtemp(join(tmpdir(), "image-"));
    try {
      const path = join(directory, "image");
      await writeFile(path, this.image(id).bytes ?? "");
      return await use(path);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }

  close(): Promise<void> {
    return this.lab.close();
  }
}

/** What an answer says in Ironic's own format. */
export function faultOf({ body }: Answer): string {
  const { faultstring } = JSON.parse(body.error_message as string) as { faultstring: string };
  return faultstring;
}
