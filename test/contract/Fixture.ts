import { randomBytes } from "node:crypto";
import { request } from "undici";
import { systemClock } from "../../common/clock";
import { waitFor } from "../../common/wait";
import type { OpenStack, Server } from "../../openstack";
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
    method: "GET" | "POST" | "DELETE",
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
  async makeServer(name: string, networkId: string, macAddress: string): Promise<Server> {
    const portId = await this.make("network", "/ports", "port", {
      name: `contract-${name}-${this.suffix}`,
      network_id: networkId,
      mac_address: macAddress,
    });
    const [image] = await this.openStack.image.listImages({ name: "hotstack-controller" });
    const flavors = await this.openStack.compute.listFlavors();
    const flavor = flavors.find((candidate) => candidate.name === "hotstack.small");
    if (image === undefined || flavor === undefined) throw new Error("no image or no flavor");
    const id = await this.make("compute", "/servers", "server", {
      name: `contract-${name}-${this.suffix}`,
      imageRef: image.id,
      flavorRef: flavor.id,
      networks: [{ port: portId }],
    });
    return this.serverIs(id, "ACTIVE");
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

  /** Removes an image at the end if it is there then. */
  removeLater(imageId: string): string {
    this.made.push({ service: "image", path: `/images/${imageId}` });
    return imageId;
  }

  /** Removes everything, the last made first; servers are waited for, they hold their ports. */
  async close(): Promise<void> {
    for (const { service, path } of this.made.toReversed()) {
      await this.raw("DELETE", service, path);
      if (service === "compute") await this.isGone(path);
    }
    await this.openStack.close();
  }

  private async isGone(path: string): Promise<void> {
    await waitFor({
      what: `${path} to be gone`,
      observe: () => this.raw("GET", "compute", path),
      isDone: (answer) => answer.status === 404,
      describe: (answer) => String(answer.body["server"]?.["status"]),
      deadlineMs: 120_000,
      intervalMs: 200,
      clock: systemClock,
    });
  }
}
