/* eslint-disable @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-return -- raw answers are what is tested */
import { startSandbox, manualTime, type Sandbox, type SandboxOptions } from "../../sandbox";

/** An answer with its body parsed where it is JSON. */
export interface Answer {
  status: number;
  headers: Headers;
  body: any; // eslint-disable-line @typescript-eslint/no-explicit-any -- tests assert on it
}

/** A sandbox whose time stands still, and raw calls to it as a user of it. */
export class Lab {
  private constructor(
    readonly sandbox: Sandbox,
    private readonly tokens: Record<string, string>,
  ) {}

  static async open(options: SandboxOptions = {}): Promise<Lab> {
    const sandbox = await startSandbox({ time: manualTime(), timeScale: 1, ...options });
    const lab = new Lab(sandbox, {});
    for (const user of ["demo", "other"]) await lab.logIn(user);
    return lab;
  }

  get world() {
    return this.sandbox.world;
  }

  async logIn(name: string, password = "sandbox", project = name): Promise<Answer> {
    const domain = { name: "Default" };
    const user = { name, password, domain };
    const scope = { project: { name: project, domain } };
    const auth = { identity: { methods: ["password"], password: { user } }, scope };
    const answer = await this.call("POST", "/identity/v3/auth/tokens", { auth });
    this.tokens[name] = answer.headers.get("x-subject-token") ?? "";
    return answer;
  }

  /** A call as `demo`, or as whoever `headers` say. */
  async call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const response = await fetch(this.sandbox.url + path, {
      method,
      headers: {
        "x-auth-token": this.tokens[headers["as"] ?? "demo"] ?? "",
        "content-type": "application/json",
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json") === true && text !== "";
    const parsed: unknown = isJson ? JSON.parse(text) : text;
    return { status: response.status, headers: response.headers, body: parsed };
  }

  async get(path: string, headers?: Record<string, string>): Promise<Answer> {
    return this.call("GET", path, undefined, headers);
  }

  patchImage(id: string, operations: unknown, headers: Record<string, string> = {}) {
    return this.call("PATCH", `/image/v2/images/${id}`, operations, {
      "content-type": "application/openstack-images-v2.1-json-patch",
      ...headers,
    });
  }

  action(serverId: string, name: string, input: unknown = null, version = "2.93", as = "demo") {
    const path = `/compute/v2.1/servers/${serverId}/action`;
    const headers = { "x-openstack-nova-api-version": version, as };
    return this.call("POST", path, { [name]: input }, headers);
  }

  async server(id: string) {
    return (await this.get(`/compute/v2.1/servers/${id}`)).body.server;
  }

  /** What the guest says on its console, line by line. */
  async console(serverId: string): Promise<string[]> {
    const { body } = await this.action(serverId, "os-getConsoleOutput", {});
    return (body.output as string).split("\n").slice(0, -1);
  }

  imageId(name: string): string {
    return this.world.images.all().find((image) => image.name === name)?.id ?? "";
  }

  flavorId(name: string): string {
    return this.world.compute.servers.flavors.find((flavor) => flavor.name === name)?.id ?? "";
  }

  /** A network 192.168.32.0/24 with its subnet. */
  async network(name = "machine", cidr = "192.168.32.0/24") {
    const network = (await this.call("POST", "/network/v2.0/networks", { network: { name } })).body;
    const subnet = { network_id: network.network.id, cidr, ip_version: 4 };
    const made = (await this.call("POST", "/network/v2.0/subnets", { subnet })).body;
    return { networkId: network.network.id as string, subnetId: made.subnet.id as string };
  }

  async port(networkId: string, options: object = {}) {
    const port = { network_id: networkId, ...options };
    return (await this.call("POST", "/network/v2.0/ports", { port })).body.port;
  }

  /** An available volume. */
  async volume(volume: object) {
    const projectId = this.world.identity.project("demo").id;
    const answer = await this.call("POST", `/volume/v3/${projectId}/volumes`, { volume });
    this.world.clock.advance(2_000);
    return answer.body.volume;
  }

  /** A running server, image-backed, with one port. @returns its id */
  async boot(
    name: string,
    options: { image?: string; networks?: unknown; blockDevices?: object[] } = {},
  ): Promise<string> {
    const server = {
      name,
      imageRef: options.image ?? this.imageId("hotstack-controller"),
      ...(options.blockDevices === undefined
        ? {}
        : { block_device_mapping_v2: options.blockDevices }),
      flavorRef: this.flavorId("hotstack.small"),
      networks: options.networks ?? "none",
    };
    const headers = { "x-openstack-nova-api-version": "2.93" };
    const answer = await this.call("POST", "/compute/v2.1/servers", { server }, headers);
    if (answer.status !== 202) throw new Error(JSON.stringify(answer.body));
    this.world.clock.advance(20_000);
    return answer.body.server.id as string;
  }

  async close(): Promise<void> {
    await this.sandbox.close();
  }
}
