import { randomBytes } from "node:crypto";
import { request } from "undici";
import { systemClock } from "../../common/clock";
import { waitFor } from "../../common/wait";
import type { OpenStack, Server, Snapshot, Volume } from "../../openstack";
import { loadCloud } from "../../openstack/config/loadCloud";
import { authRequest } from "../../openstack/identity/authRequest";
import { catalogSchema, endpointOf } from "../../openstack/identity/catalog";
import type { CloudSettings, Service } from "../../openstack/config/settings";

/** A cloud to hold to the contract. */
export interface ContractCloud {
  /** Connected as an ordinary member of a project. */
  openStack: OpenStack;
  /** How it was found: raw calls are made with the same settings. */
  env: NodeJS.ProcessEnv;
}

/** What a raw call came back with. */
export interface RawAnswer {
  status: number;
  body: Record<string, Record<string, unknown>>;
}

/** Makes what the suite needs by raw calls, apart from the client, and removes it at the end. */
export class Fixture {
  readonly suffix = randomBytes(4).toString("hex");
  private readonly made: { service: Service; path: string }[] = [];

  private constructor(
    readonly openStack: OpenStack,
    private readonly settings: CloudSettings,
    private readonly token: string,
    private readonly catalog: Parameters<typeof endpointOf>[1],
  ) {}

  static async open({ openStack, env }: ContractCloud): Promise<Fixture> {
    const settings = loadCloud({}, { env, cwd: "/", home: "/" });
    const answer = await request(`${settings.authUrl}/auth/tokens`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(authRequest(settings.auth)),
    });
    const { token } = (await answer.body.json()) as { token: { catalog: unknown } };
    return new Fixture(
      openStack,
      settings,
      String(answer.headers["x-subject-token"]),
      catalogSchema.parse(token.catalog),
    );
  }

  /** A call that the client does not offer, or would not make. */
  async raw(
    method: "GET" | "POST" | "PUT" | "DELETE",
    service: Service,
    path: string,
    body?: unknown,
  ): Promise<RawAnswer> {
    const { projectId } = this.openStack;
    const endpoint = endpointOf(service, this.catalog, this.settings, projectId);
    const answer = await request(`${endpoint}${path}`, {
      method,
      headers: { "x-auth-token": this.token, "content-type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await answer.body.text();
    const isJson = String(answer.headers["content-type"]).includes("json") && text !== "";
    return {
      status: answer.statusCode,
      body: (isJson ? JSON.parse(text) : {}) as RawAnswer["body"],
    };
  }

  /** Makes a thing, remembers to remove it, and returns its id. */
  async make(service: Service, path: string, key: string, body: object): Promise<string> {
    const answer = await this.raw("POST", service, path, { [key]: body });
    const id = answer.body[key]?.["id"];
    if (typeof id !== "string") {
      throw new Error(`POST ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    }
    this.made.push({ service, path: `${path}/${id}` });
    return id;
  }

  /** A network with a subnet. */
  async makeNetwork(): Promise<string> {
    const name = `contract-${this.suffix}`;
    const id = await this.make("network", "/networks", "network", { name });
    await this.make("network", "/subnets", "subnet", {
      name,
      network_id: id,
      ip_version: 4,
      cidr: "192.168.77.0/24",
    });
    return id;
  }

  /** A server on a port of its own, ACTIVE. */
  async makeServer(
    name: string,
    networkId: string,
    macAddress: string,
    image?: string,
  ): Promise<Server> {
    const portId = await this.make("network", "/ports", "port", {
      name: `contract-${name}-${this.suffix}`,
      network_id: networkId,
      mac_address: macAddress,
    });
    const { imageRef, flavorRef } = await this.ingredients();
    const id = await this.make("compute", "/servers", "server", {
      name: `contract-${name}-${this.suffix}`,
      imageRef: image ?? imageRef,
      flavorRef,
      networks: [{ port: portId }],
    });
    return this.serverIs(id, "ACTIVE");
  }

  /** An image of a disk with nothing on it; `properties` tell Nova about its guests. */
  async makeBlankImage(properties: Record<string, string>): Promise<string> {
    const answer = await this.raw("POST", "image", "/images", {
      name: `contract-blank-${this.suffix}`,
      disk_format: "raw",
      container_format: "bare",
      ...properties,
    });
    const id = this.removeLater((answer.body as unknown as { id: string }).id);
    await this.imageData("PUT", id, Buffer.alloc(1024 * 1024));
    return id;
  }

  /** Uploads or downloads an image's file. */
  async imageData(
    method: "GET" | "PUT",
    id: string,
    bytes?: Buffer,
  ): Promise<{ status: number; bytes: Buffer }> {
    const endpoint = endpointOf("image", this.catalog, this.settings, this.openStack.projectId);
    const answer = await request(`${endpoint}/images/${id}/file`, {
      method,
      headers: { "x-auth-token": this.token, "content-type": "application/octet-stream" },
      body: bytes ?? null,
    });
    const data = Buffer.from(await answer.body.arrayBuffer());
    return { status: answer.statusCode, bytes: data };
  }

  /** A server that boots from a volume, which goes with it; ACTIVE. */
  async makeVolumeBackedServer(name: string, networkId: string): Promise<Server> {
    const { imageRef, flavorRef } = await this.ingredients();
    const root = {
      boot_index: 0,
      uuid: imageRef,
      source_type: "image",
      destination_type: "volume",
      volume_size: 1,
      delete_on_termination: true,
    };
    const id = await this.make("compute", "/servers", "server", {
      name: `contract-${name}-${this.suffix}`,
      flavorRef,
      block_device_mapping_v2: [root],
      networks: [{ uuid: networkId }],
    });
    return this.serverIs(id, "ACTIVE");
  }

  /** Asks for a server in a group; what came back. */
  async bootInGroup(name: string, networks: object[], group: string): Promise<RawAnswer> {
    const { imageRef, flavorRef } = await this.ingredients();
    return this.raw("POST", "compute", "/servers", {
      server: { name: `contract-${name}-${this.suffix}`, imageRef, flavorRef, networks },
      "os:scheduler_hints": { group },
    });
  }

  /** A server in a group, once it is ACTIVE or an ERROR. */
  async makeGroupedServer(name: string, networkId: string, group: string): Promise<Server> {
    const { status, body } = await this.bootInGroup(name, [{ uuid: networkId }], group);
    const id = body["server"]?.["id"];
    if (typeof id !== "string") throw new Error(`${status} ${JSON.stringify(body)}`);
    this.made.push({ service: "compute", path: `/servers/${id}` });
    return waitFor({
      what: `server ${id} to be built`,
      observe: () => this.openStack.compute.showServer(id),
      isDone: (server) => server.status !== "BUILD",
      describe: (server) => server.status,
      deadlineMs: 60_000,
      intervalMs: 200,
      clock: systemClock,
    });
  }

  async ingredients(): Promise<{ imageRef: string; flavorRef: string }> {
    const [image] = await this.openStack.image.listImages({ name: "hotstack-controller" });
    const flavors = await this.openStack.compute.listFlavors();
    const flavor = flavors.find((candidate) => candidate.name === "hotstack.small");
    if (image === undefined || flavor === undefined) throw new Error("no image or no flavor");
    return { imageRef: image.id, flavorRef: flavor.id };
  }

  /** A volume of 1 GiB, attached to a server. */
  async makeAttachedVolume(name: string, serverId: string): Promise<Volume> {
    return this.volumeIs(await this.attachNewVolume(name, serverId), "in-use");
  }

  /** A volume of 1 GiB that a server is asked to attach; its id. Nova does it after it has answered. */
  async attachNewVolume(name: string, serverId: string): Promise<string> {
    const volumeId = await this.make("block-storage", "/volumes", "volume", {
      name: `contract-${name}-${this.suffix}`,
      size: 1,
    });
    await this.volumeIs(volumeId, "available");
    const path = `/servers/${serverId}/os-volume_attachments`;
    await this.make("compute", path, "volumeAttachment", { volumeId });
    return volumeId;
  }

  async detachVolume(serverId: string, volumeId: string): Promise<void> {
    await this.raw("DELETE", "compute", `/servers/${serverId}/os-volume_attachments/${volumeId}`);
    await this.volumeIs(volumeId, "available");
  }

  /** Waits for a volume to have one of these statuses. */
  volumeIs(id: string, ...statuses: string[]): Promise<Volume> {
    return waitFor({
      what: `volume ${id} to be ${statuses.join(" or ")}`,
      observe: () => this.openStack.blockStorage.showVolume(id),
      isDone: (volume) => statuses.includes(volume.status),
      describe: (volume) => volume.status,
      deadlineMs: 60_000,
      intervalMs: 200,
      clock: systemClock,
    });
  }

  /** Waits until a snapshot is available. */
  snapshotIsAvailable(id: string): Promise<Snapshot> {
    return waitFor({
      what: `snapshot ${id} to be available`,
      observe: () => this.openStack.blockStorage.showSnapshot(id),
      isDone: (snapshot) => snapshot.status === "available",
      describe: (snapshot) => snapshot.status,
      deadlineMs: 60_000,
      intervalMs: 200,
      clock: systemClock,
    });
  }

  /** Waits for a server's status, with no task running. */
  serverIs(id: string, status: string): Promise<Server> {
    return waitFor({
      what: `server ${id} to be ${status}`,
      observe: () => this.openStack.compute.showServer(id),
      isDone: (server) => server.status === status && server["OS-EXT-STS:task_state"] === null,
      describe: (server) => `${server.status} ${server["OS-EXT-STS:task_state"] ?? ""}`,
      deadlineMs: 120_000,
      intervalMs: 200,
      clock: systemClock,
    });
  }

  /** Waits until an image is active and its server has no task. */
  async imageIsActive(imageId: string, serverId: string): Promise<void> {
    await waitFor({
      what: `image ${imageId} to be active`,
      observe: () => this.openStack.image.showImage(imageId),
      isDone: (image) => image.status === "active",
      describe: (image) => image.status,
      deadlineMs: 120_000,
      intervalMs: 200,
      clock: systemClock,
    });
    const { status } = await this.openStack.compute.showServer(serverId);
    await this.serverIs(serverId, status);
  }

  /** Waits until a snapshot is not there any more. */
  async snapshotIsGone(id: string): Promise<void> {
    await waitFor({
      what: `snapshot ${id} to be gone`,
      observe: () => this.raw("GET", "block-storage", `/snapshots/${id}`),
      isDone: (answer) => answer.status === 404,
      describe: (answer) => String(answer.body["snapshot"]?.["status"]),
      deadlineMs: 60_000,
      intervalMs: 200,
      clock: systemClock,
    });
  }

  /** Removes an image at the end if it is there then. */
  removeLater(imageId: string): string {
    this.made.push({ service: "image", path: `/images/${imageId}` });
    return imageId;
  }

  /** Removes a snapshot at the end if it is there then. */
  removeSnapshotLater(snapshotId: string): string {
    this.made.push({ service: "block-storage", path: `/snapshots/${snapshotId}` });
    return snapshotId;
  }

  /** Removes everything, the last made first: one thing holds the other. */
  async clear(): Promise<void> {
    for (const { service, path } of this.made.toReversed()) await this.remove(service, path);
    this.made.length = 0;
  }

  async close(): Promise<void> {
    await this.clear();
    await this.openStack.close();
  }

  /** Asks again until it is gone: what is still busy is refused. */
  async remove(service: Service, path: string): Promise<void> {
    await waitFor({
      what: `${path} to be gone`,
      observe: () => this.raw("DELETE", service, path),
      isDone: (answer) => answer.status === 404,
      describe: (answer) => `${answer.status} ${JSON.stringify(answer.body)}`,
      deadlineMs: 120_000,
      intervalMs: 200,
      clock: systemClock,
    });
  }
}
