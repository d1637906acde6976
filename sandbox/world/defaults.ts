import type { UserOptions } from "./identity";
import type { Flavor } from "./compute/records";
import { callerOf } from "./identity";
import type { World } from "./world";

/** A public image that a world begins with. */
export interface BaseImage {
  name: string;
  properties?: Record<string, string>;
  minDisk?: number;
  /** In bytes. */
  size?: number;
}

/** An external network that a world begins with. */
export interface ExternalNetwork {
  name: string;
  cidr: string;
  gateway: string;
  pool: { start: string; end: string };
}

/** What is in a world before anybody does anything. */
export interface WorldContent {
  users: UserOptions[];
  flavors: Omit<Flavor, "id">[];
  images: BaseImage[];
  externalNetworks: ExternalNetwork[];
}

const baseImage = (name: string): BaseImage => ({
  name,
  size: 16_121_856,
  properties: { hw_vif_model: "virtio", hw_disk_bus: "virtio" },
});

/** The content of the one-machine development cloud, and a second project beside it. */
export const defaultContent: WorldContent = {
  users: [
    { name: "admin", password: "sandbox", project: "admin", roles: ["reader", "member", "admin"] },
    { name: "demo", password: "sandbox", project: "demo" },
    { name: "other", password: "sandbox", project: "other" },
    { name: "reader", password: "sandbox", project: "demo", roles: ["reader"] },
  ],
  flavors: [
    { name: "hotstack.small", vcpus: 1, ram: 128, disk: 1 },
    { name: "hotstack.medium", vcpus: 1, ram: 128, disk: 1 },
    { name: "hotstack.large", vcpus: 1, ram: 160, disk: 1 },
    { name: "hotstack.xlarge", vcpus: 1, ram: 192, disk: 2 },
    { name: "hotstack.xxlarge", vcpus: 1, ram: 256, disk: 2 },
  ],
  images: [baseImage("hotstack-controller"), baseImage("ipxe-boot-usb")],
  externalNetworks: [
    {
      name: "public",
      cidr: "172.24.4.0/24",
      gateway: "172.24.4.1",
      pool: { start: "172.24.4.10", end: "172.24.4.200" },
    },
  ],
};

/** Fills a new world. The first user is the administrator who owns what is public. */
export function populate(world: World, content: WorldContent): void {
  for (const user of content.users) world.identity.addUser(user);
  world.compute.servers.flavors.push(
    ...content.flavors.map((flavor) => ({ ...flavor, id: world.ids.uuid() })),
  );
  const [owner] = content.users;
  if (owner === undefined) return;
  const token = world.identity.logIn({ name: owner.name }, owner.password, undefined);
  const admin = callerOf(token);
  world.identity.revoke(token.id);
  for (const { name, properties, minDisk, size } of content.images) {
    const image = world.images.create(admin.projectId, {
      name,
      visibility: "public",
      diskFormat: "qcow2",
      containerFormat: "bare",
      minDisk: minDisk ?? 0,
      properties: { ...properties },
    });
    world.images.setContent(image, { bootCount: 0, files: {} }, size ?? 1, 48 * 2 ** 20);
  }
  for (const { name, cidr, gateway, pool } of content.externalNetworks) {
    const network = world.networking.networks.create(admin.projectId, {
      name,
      "router:external": true,
    });
    world.networking.networks.createSubnet(admin, {
      network_id: network.id,
      name: `${name}-subnet`,
      cidr,
      gateway_ip: gateway,
      enable_dhcp: false,
      allocation_pools: [pool],
    });
  }
}
