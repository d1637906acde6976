import { randomBytes } from "node:crypto";
import { z } from "zod";
import { systemClock } from "../../common/clock";
import { waitFor } from "../../common/wait";
import { isNotFound, type Image, type Server } from "../../openstack";
import type { BenchOptions } from "../Bench";
import type { BenchCloud } from "./BenchCloud";

const imageName = "hotstack-controller";
const flavorName = "hotstack.small";
const deadlineMs = 300_000;
/** From 2.37 a server may be asked for without any network. */
const createHeaders = { "openstack-api-version": "compute 2.37" };

/** A few small servers without network, shut off, which are gone at the end with their images. */
export class Guests {
  readonly servers: { id: string; name: string }[] = [];
  private readonly prefix = `bench-${randomBytes(3).toString("hex")}`;

  constructor(
    private readonly cloud: BenchCloud,
    private readonly options: Pick<BenchOptions, "say" | "signal">,
  ) {}

  /** Boots `count` servers and shuts them down once their guests are up. */
  async create(count: number): Promise<void> {
    const { compute, image } = this.cloud.client;
    const [base] = await image.listImages({ name: imageName });
    const flavor = (await compute.listFlavors()).find(({ name }) => name === flavorName);
    if (base === undefined || flavor === undefined) {
      throw new Error(`the cloud must have an image ${imageName} and a flavor ${flavorName}`);
    }
    for (let i = 0; i < count; i++) {
      this.options.signal.throwIfAborted();
      const name = `${this.prefix}-${i}`;
      this.servers.push({ id: await this.createServer(name, base.id, flavor.id), name });
    }
    await this.waitForStatus("ACTIVE");
    await Promise.all(this.servers.map(({ id }) => this.waitUntilUp(id)));
    await Promise.all(this.servers.map(({ id }) => compute.stopServer(id)));
    await this.waitForStatus("SHUTOFF");
  }

  /** The images that were made of these servers. */
  async images(): Promise<Image[]> {
    const { client } = this.cloud;
    const ids = new Set(this.servers.map((server) => server.id));
    const images = await client.image.listImages({ owner: client.projectId });
    return images.filter((image) => ids.has(String(image["instance_uuid"])));
  }

  /** Deletes the images of these servers and waits until no task of theirs runs. */
  async removeImages(): Promise<void> {
    const images = await this.images();
    const { image: service } = this.cloud.client;
    await Promise.all(images.map(({ id }) => ignoreNotFound(service.deleteImage(id))));
  }

  /** Removes everything that was made. */
  async remove(): Promise<void> {
    const { compute } = this.cloud.client;
    await Promise.all(this.servers.map(({ id }) => ignoreNotFound(compute.deleteServer(id))));
    await this.waitUntil("gone", (found) => found.length === 0, new AbortController().signal);
    // Last: an image that was being made when its server went is seen only now.
    await this.removeImages();
  }

  private async createServer(name: string, imageRef: string, flavorRef: string): Promise<string> {
    const server = { name, imageRef, flavorRef, networks: "none" };
    const answer = await this.cloud.call("createServer", "POST", ["compute", "/servers"], {
      headers: createHeaders,
      body: { server },
    });
    return z.object({ server: z.object({ id: z.string() }) }).parse(answer.body).server.id;
  }

  private waitForStatus(status: string): Promise<Server[]> {
    const isThere = (server: Server): boolean =>
      server.status === status && server["OS-EXT-STS:task_state"] === null;
    return this.waitUntil(
      status,
      (found) => found.length === this.servers.length && found.every(isThere),
      this.options.signal,
    );
  }

  private waitUntil(
    what: string,
    isDone: (found: Server[]) => boolean,
    signal: AbortSignal,
  ): Promise<Server[]> {
    const ids = new Set(this.servers.map((server) => server.id));
    return waitFor({
      what: `${this.servers.length} servers to be ${what}`,
      observe: async () =>
        (await this.cloud.client.compute.listServers()).filter(({ id }) => ids.has(id)),
      isDone,
      describe: (found) => found.map(({ name, status }) => `${name} ${status}`).join(", "),
      deadlineMs,
      clock: systemClock,
      signal,
    });
  }

  /** A guest that has not booted yet does not hear that it shall shut down. */
  private async waitUntilUp(id: string): Promise<void> {
    await waitFor({
      what: `the guest of ${id} to be up`,
      observe: () => this.cloud.client.compute.showConsoleOutput(id, 100),
      isDone: (text) => text.includes("READY"),
      describe: (text) => text.split("\n").slice(-2).join(" | "),
      deadlineMs,
      clock: systemClock,
      signal: this.options.signal,
    });
  }
}

async function ignoreNotFound(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
