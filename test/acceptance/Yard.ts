import { Fixture, type ContractCloud } from "../contract/Fixture";

/** Names and numbers of what {@link Yard} makes. */
export const yard = {
  machine: "yard-machine",
  storage: "yard-storage",
  vlan: "yard-vlan",
  controller: "fa:16:9e:61:00:05",
  controllerStorage: "fa:16:9e:61:01:05",
  worker: "fa:16:9e:61:00:10",
  workerStorage: "fa:16:9e:61:01:10",
  workerVlan: "fa:16:9e:61:02:10",
};

/** An environment that somebody made by plain calls: no stack, no template knows of it. */
export class Yard {
  private routerId = "";
  private readonly subnets: string[] = [];
  /** What goes last: a set holds a snapshot of the volume, and floating IPs are kept for a restore. */
  private readonly kept: (readonly [service: "network" | "block-storage", path: string])[] = [];
  readonly servers: Record<string, string> = {};

  private constructor(private readonly fixture: Fixture) {}

  static async build(cloud: ContractCloud): Promise<Yard> {
    const it = new Yard(await Fixture.open(cloud));
    try {
      await it.make();
    } catch (error) {
      // Nobody has it, so nobody else would take it away.
      await it.clear();
      await it.close();
      throw error;
    }
    return it;
  }

  private async make(): Promise<void> {
    const machine = await this.network(yard.machine, { mtu: 1400 });
    const machineSubnet = await this.subnet(machine, "yard-machine-subnet", "192.168.61.0/24", {
      allocation_pools: [{ start: "192.168.61.100", end: "192.168.61.199" }],
      dns_nameservers: ["192.168.61.254"],
      host_routes: [{ destination: "10.62.0.0/24", nexthop: "192.168.61.254" }],
    });
    const storage = await this.network(yard.storage, { port_security_enabled: false });
    const storageSubnet = await this.subnet(storage, "yard-storage-subnet", "192.168.62.0/24", {
      gateway_ip: null,
      enable_dhcp: false,
    });
    // Neutron wants the frames of a subport to fit through its trunk.
    const vlan = await this.network(yard.vlan, { mtu: 1400 });
    const vlanSubnet = await this.subnet(vlan, "yard-vlan-subnet", "192.168.63.0/24", {});
    await this.router(machineSubnet, storage, storageSubnet);
    const group = await this.securityGroup();
    const at = (subnet_id: string, ip_address: string) => ({
      fixed_ips: [{ subnet_id, ip_address }],
    });
    await this.port("yard-vip", machine, { ...at(machineSubnet, "192.168.61.9") });
    const way = await this.port("yard-way-in", machine, {
      ...at(machineSubnet, "192.168.61.254"),
      mac_address: yard.controller,
      security_groups: [group],
      allowed_address_pairs: [{ ip_address: "192.168.61.9" }],
    });
    const controllerStorage = await this.port("yard-controller-storage", storage, {
      ...at(storageSubnet, "192.168.62.5"),
      mac_address: yard.controllerStorage,
    });
    const parent = await this.port("yard-parent", machine, {
      ...at(machineSubnet, "192.168.61.10"),
      mac_address: yard.worker,
    });
    const child = await this.port("yard-child", vlan, {
      ...at(vlanSubnet, "192.168.63.10"),
      mac_address: yard.workerVlan,
    });
    const workerStorage = await this.port("", storage, {
      ...at(storageSubnet, "192.168.62.10"),
      mac_address: yard.workerStorage,
    });
    await this.fixture.make("network", "/trunks", "trunk", {
      name: "yard-trunk",
      port_id: parent,
      sub_ports: [{ port_id: child, segmentation_id: 20, segmentation_type: "vlan" }],
    });
    const apart = await this.fixture.make("compute", "/os-server-groups", "server_group", {
      name: "yard-apart",
      policies: ["anti-affinity"],
    });
    await this.server("controller", [way, controllerStorage], { metadata: { purpose: "way in" } });
    // Its first port is the one in the network that stands last by name.
    await this.server("worker", [workerStorage, parent], { config_drive: true }, { group: apart });
    await this.volume("worker");
    await this.floatingIp(way);
  }

  /** Takes all away that a restore needs room for; a floating IP stays, free. */
  async clear(): Promise<void> {
    const { fixture } = this;
    for (const id of Object.values(this.servers)) await fixture.remove("compute", `/servers/${id}`);
    for (const [service, path] of this.kept) {
      if (service === "network") await this.put(path, { floatingip: { port_id: null } });
    }
    const router = `/routers/${this.routerId}`;
    if (this.routerId !== "") await this.put(router, { router: { routes: [] } });
    for (const subnet_id of this.subnets) {
      await this.put(`${router}/remove_router_interface`, { subnet_id });
    }
    await fixture.clear();
  }

  /** Removes the rest. */
  async close(): Promise<void> {
    for (const [service, path] of this.kept) await this.fixture.remove(service, path);
    await this.fixture.close();
  }

  private network(name: string, more: object): Promise<string> {
    return this.fixture.make("network", "/networks", "network", { name, ...more });
  }

  private subnet(network_id: string, name: string, cidr: string, more: object): Promise<string> {
    const body = { network_id, name, cidr, ip_version: 4, ...more };
    return this.fixture.make("network", "/subnets", "subnet", body);
  }

  private port(name: string, network_id: string, more: object): Promise<string> {
    return this.fixture.make("network", "/ports", "port", { name, network_id, ...more });
  }

  /** With the gateway's address in one subnet, and one of its own in the other. */
  private async router(machineSubnet: string, storage: string, storageSubnet: string) {
    const { fixture } = this;
    const [external] = await fixture.openStack.network.listNetworks({ "router:external": true });
    this.routerId = await fixture.make("network", "/routers", "router", {
      name: "yard-router",
      external_gateway_info: { network_id: external?.id },
    });
    const port_id = await this.port("yard-router-port", storage, {
      fixed_ips: [{ subnet_id: storageSubnet, ip_address: "192.168.62.77" }],
    });
    const path = `/routers/${this.routerId}`;
    for (const to of [{ subnet_id: machineSubnet }, { port_id }]) {
      await this.put(`${path}/add_router_interface`, to);
    }
    this.subnets.push(machineSubnet, storageSubnet);
    const routes = [{ destination: "10.61.0.0/24", nexthop: "192.168.61.254" }];
    await this.put(path, { router: { routes } });
  }

  private async put(path: string, body: object): Promise<void> {
    const { status, body: answer } = await this.fixture.raw("PUT", "network", path, body);
    if (status !== 200) throw new Error(`PUT ${path}: ${status} ${JSON.stringify(answer)}`);
  }

  private async securityGroup(): Promise<string> {
    const { fixture } = this;
    const id = await fixture.make("network", "/security-groups", "security_group", {
      name: "yard-web",
      description: "The web, and each other",
    });
    const rule = { security_group_id: id, direction: "ingress", ethertype: "IPv4" };
    const https = { protocol: "tcp", port_range_min: 443, port_range_max: 443 };
    for (const more of [{ ...https, remote_ip_prefix: "10.0.0.0/8" }, { remote_group_id: id }]) {
      const body = { ...rule, ...more };
      await fixture.raw("POST", "network", "/security-group-rules", { security_group_rule: body });
    }
    return id;
  }

  private async server(name: string, ports: string[], more: object, hints?: object): Promise<void> {
    const { fixture } = this;
    const networks = ports.map((port) => ({ port }));
    const body = { name: `yard-${name}`, ...(await fixture.ingredients()), networks, ...more };
    const { body: answer, status } = await fixture.raw("POST", "compute", "/servers", {
      server: body,
      ...(hints === undefined ? {} : { "os:scheduler_hints": hints }),
    });
    const id = answer["server"]?.["id"];
    if (typeof id !== "string") throw new Error(`${status} ${JSON.stringify(answer)}`);
    this.servers[name] = id;
    await fixture.serverIs(id, "ACTIVE");
  }

  private async volume(server: string): Promise<void> {
    const { fixture } = this;
    const { body } = await fixture.raw("POST", "block-storage", "/volumes", {
      volume: { name: "yard-data", size: 1 },
    });
    const id = String(body["volume"]?.["id"]);
    this.kept.push(["block-storage", `/volumes/${id}`]);
    await fixture.volumeIs(id, "available");
    const path = `/servers/${this.servers[server] ?? ""}/os-volume_attachments`;
    await fixture.raw("POST", "compute", path, { volumeAttachment: { volumeId: id } });
    await fixture.volumeIs(id, "in-use");
  }

  private async floatingIp(port_id: string): Promise<void> {
    const { fixture } = this;
    const [external] = await fixture.openStack.network.listNetworks({ "router:external": true });
    const { body } = await fixture.raw("POST", "network", "/floatingips", {
      floatingip: { floating_network_id: external?.id, port_id },
    });
    this.kept.push(["network", `/floatingips/${String(body["floatingip"]?.["id"])}`]);
  }
}
