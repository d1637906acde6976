import { z } from "zod";
import { systemClock } from "../../common/clock";
import { waitFor } from "../../common/wait";
import { isNotFound } from "../../openstack";
import type { Service } from "../../openstack/config/settings";
import type { Environment, EnvironmentNode } from "../../snapset/environment/environment";
import type { BenchCloud } from "../cloud/BenchCloud";

const deadlineMs = 300_000;
/** Finer than this, the questions would slow a cloud on the same machine. */
const intervalMs = 100;

/**
 * The environment of the bench by plain calls, each sent as soon as what it needs is there, and looked
 * at without any fixed wait: the floor of what a restore can take.
 */
export class BareCalls {
  private readonly made: { service: Service; path: string }[] = [];
  private routerId = "";
  private subnetId = "";
  private readonly serverIds: string[] = [];
  private readonly volumeIds: string[] = [];

  /** @param images of the set, by node */
  constructor(
    private readonly cloud: BenchCloud,
    private readonly environment: Environment,
    private readonly images: Readonly<Record<string, string>>,
  ) {}

  /** Until every server is ACTIVE and the floating IP is there. */
  async create(): Promise<void> {
    const [network] = this.environment.networks;
    const [subnet] = network?.subnets ?? [];
    if (network === undefined || subnet === undefined) throw new Error("there is no subnet");
    const volumes = new Map(this.environment.nodes.map((it) => [it.name, this.volumesOf(it)]));
    const gateway = this.createRouter();
    const networkId = await this.createNetwork(network);
    this.subnetId = await this.post("createSubnet", ["network", "/subnets"], "subnet", {
      network_id: networkId,
      cidr: subnet.cidr,
      ip_version: 4,
      gateway_ip: subnet.gatewayIp,
    });
    const wayOut = gateway.then((it) => this.addInterface(it));
    await Promise.all(
      this.environment.nodes.map(async (node) => {
        const portId = await this.createPort(node, networkId);
        await Promise.all([
          wayOut.then(() => this.createFloatingIp(node, portId)),
          this.createServer(node, portId, volumes.get(node.name) ?? Promise.resolve([])),
        ]);
      }),
    );
    await this.waitForServers("ACTIVE", (found) => {
      return found.length === this.serverIds.length && found.every((it) => it === "ACTIVE");
    });
  }

  /** Until nothing is left. */
  async remove(): Promise<void> {
    const { compute } = this.cloud.client;
    await Promise.all(this.serverIds.map((id) => ignoreNotFound(compute.deleteServer(id))));
    await this.waitForServers("gone", (found) => found.length === 0);
    const remove = ({ service, path }: (typeof this.made)[number]) =>
      ignoreNotFound(this.cloud.call(`delete ${path}`, "DELETE", [service, path]));
    const of = (kind: string) => this.made.filter(({ path }) => path.startsWith(kind));
    const ways = this.detachRouter();
    await Promise.all([
      ...of("/volumes").map(remove),
      ...of("/ports").map(remove),
      ...of("/floatingips").map(remove),
      ways,
    ]);
    await Promise.all([...of("/routers").map(remove), ...of("/networks").map(remove)]);
    await this.waitForVolumes("gone", this.volumeIds, (found) => found.length === 0);
  }

  private createNetwork({ name, portSecurity }: Environment["networks"][number]) {
    const body = { name, port_security_enabled: portSecurity };
    return this.post("createNetwork", ["network", "/networks"], "network", body);
  }

  private async createRouter(): Promise<string> {
    const [router] = this.environment.routers;
    const name = router?.externalNetwork ?? "";
    const network_id = (await this.cloud.client.network.listNetworks({ name }))[0]?.id;
    const body = { name: router?.name, external_gateway_info: { network_id } };
    this.routerId = await this.post("createRouter", ["network", "/routers"], "router", body);
    return this.routerId;
  }

  private async addInterface(routerId: string): Promise<void> {
    const path = `/routers/${routerId}/add_router_interface`;
    const body = { subnet_id: this.subnetId };
    await this.cloud.call("addRouterInterface", "PUT", ["network", path], { body });
  }

  private async detachRouter(): Promise<void> {
    if (this.routerId === "" || this.subnetId === "") return;
    const path = `/routers/${this.routerId}/remove_router_interface`;
    const body = { subnet_id: this.subnetId };
    // A floating IP holds the interface until it is gone.
    await waitFor({
      what: "the router to let go of its subnet",
      observe: async () => {
        try {
          await this.cloud.call("removeRouterInterface", "PUT", ["network", path], { body });
          return "gone";
        } catch (error) {
          if (isNotFound(error)) return "gone";
          return String(error);
        }
      },
      isDone: (it) => it === "gone",
      describe: (it) => it,
      deadlineMs,
      clock: systemClock,
      intervalMs,
      maxIntervalMs: intervalMs,
    });
  }

  private createPort({ name, ports }: EnvironmentNode, network_id: string): Promise<string> {
    const [port] = ports;
    return this.post("createPort", ["network", "/ports"], "port", {
      name: `${name}-port`,
      network_id,
      mac_address: port?.mac,
      fixed_ips: port?.fixedIps.map(({ ip }) => ({
        subnet_id: this.subnetId,
        ip_address: ip,
      })),
    });
  }

  private async createFloatingIp({ ports }: EnvironmentNode, port_id: string): Promise<void> {
    const name = ports[0]?.floatingIp?.network;
    if (name === undefined) return;
    const [network] = await this.cloud.client.network.listNetworks({ name });
    const body = { floating_network_id: network?.id, port_id };
    await this.post("createFloatingIp", ["network", "/floatingips"], "floatingip", body);
  }

  /** A volume's id is enough for Nova, which waits for it no longer than it must be filled. */
  private async volumesOf({ volumes }: EnvironmentNode): Promise<string[]> {
    const ids = await Promise.all(
      volumes.map(({ name, sizeGb }) =>
        this.post("createVolume", ["block-storage", "/volumes"], "volume", { name, size: sizeGb }),
      ),
    );
    this.volumeIds.push(...ids);
    await this.waitForVolumes("available", ids, (found) => {
      return found.length === ids.length && found.every((it) => it === "available");
    });
    return ids;
  }

  private async createServer(
    { name, flavor }: EnvironmentNode,
    port: string,
    volumes: Promise<string[]>,
  ): Promise<void> {
    const flavors = await this.cloud.client.compute.listFlavors();
    const imageRef = this.images[name];
    const root = {
      uuid: imageRef,
      source_type: "image",
      destination_type: "local",
      boot_index: 0,
      delete_on_termination: true,
    };
    const data = (await volumes).map((uuid) => ({
      uuid,
      source_type: "volume",
      destination_type: "volume",
      boot_index: -1,
    }));
    const answer = await this.post("createServer", ["compute", "/servers"], "server", {
      name,
      imageRef,
      flavorRef: flavors.find((it) => it.name === flavor)?.id,
      networks: [{ port }],
      block_device_mapping_v2: [root, ...data],
    });
    this.serverIds.push(answer);
  }

  private async waitForServers(what: string, isDone: (statuses: string[]) => boolean) {
    const { compute } = this.cloud.client;
    await waitForStatuses(`the servers to be ${what}`, isDone, async () => {
      const found = await compute.listServers();
      return found.filter(({ id }) => this.serverIds.includes(id));
    });
  }

  private async waitForVolumes(
    what: string,
    ids: string[],
    isDone: (statuses: string[]) => boolean,
  ) {
    const { blockStorage } = this.cloud.client;
    await waitForStatuses(`the volumes to be ${what}`, isDone, async () => {
      const found = await blockStorage.listVolumes();
      return found.filter(({ id }) => ids.includes(id));
    });
  }

  private async post(
    action: string,
    [service, path]: readonly [Service, string],
    key: string,
    body: object,
  ): Promise<string> {
    const answer = await this.cloud.call(action, "POST", [service, path], {
      body: { [key]: body },
    });
    const schema = z.object({ [key]: z.object({ id: z.string() }) });
    const id = schema.parse(answer.body)[key]?.id ?? "";
    if (service !== "compute") this.made.push({ service, path: `${path}/${id}` });
    return id;
  }
}

async function waitForStatuses(
  what: string,
  isDone: (statuses: string[]) => boolean,
  list: () => Promise<{ status: string }[]>,
): Promise<void> {
  await waitFor({
    what,
    observe: async () => (await list()).map(({ status }) => status),
    isDone,
    describe: (found) => found.join(", "),
    deadlineMs,
    clock: systemClock,
    intervalMs,
    maxIntervalMs: intervalMs,
  });
}

async function ignoreNotFound(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
