import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { manualTime, startSandbox, type Sandbox } from "../../sandbox";
import { callerOf } from "../../sandbox/world/identity";
import { imageTimeOf } from "../../sandbox/world/settings";
import type { Instance } from "../../snapset/snapsetData";
import type { HostImages } from "./schedule";

/** How large, and how long images take. */
export interface LargeCloudOptions {
  servers: number;
  hosts: number;
  /** Where the times come from. */
  seed: number;
  /** Of one image, milliseconds; uniform between the two. */
  imageMs: { fromMs: number; toMs: number };
}

/** A sandbox with many servers that run, in this process; its time stands still until it is moved. */
export class LargeCloud {
  private constructor(
    readonly sandbox: Sandbox,
    readonly instances: Instance[],
    private readonly seed: number,
    private readonly directory: string,
  ) {}

  /** @param directory for its clouds.yaml */
  static async open(options: LargeCloudOptions, directory: string): Promise<LargeCloud> {
    const hosts = Array.from({ length: options.hosts }, (_, i) => `host-${i}`);
    const { seed, imageMs } = options;
    const settings = { imageMs };
    const time = { time: manualTime(), timeScale: 1 };
    const sandbox = await startSandbox({ ...time, hosts, seed, settings });
    writeFileSync(join(directory, "clouds.yaml"), sandbox.cloudsYaml(), { mode: 0o600 });
    const instances = bootServers(sandbox, options.servers);
    return new LargeCloud(sandbox, instances, seed, directory);
  }

  /** What selects it as the cloud. */
  get env(): { OS_CLIENT_CONFIG_FILE: string; OS_CLOUD: string } {
    return { OS_CLIENT_CONFIG_FILE: join(this.directory, "clouds.yaml"), OS_CLOUD: "sandbox" };
  }

  /** The one that every server has. */
  get flavor(): string {
    return this.sandbox.world.compute.servers.flavors[0]?.name ?? "";
  }

  /** How long the images of each host take, in the order of the instances. */
  get hostImages(): HostImages[] {
    const byHost = new Map<string, number[]>();
    const { compute, settings } = this.sandbox.world;
    for (const { uuid, name } of this.instances) {
      const host = compute.servers.get(uuid)?.host ?? "";
      const ms = imageTimeOf(settings, name, this.seed, 0);
      byHost.set(host, [...(byHost.get(host) ?? []), ms]);
    }
    return [...byHost.values()];
  }

  /** How many images were begun. */
  get begun(): number {
    return this.sandbox.world.images.all().filter((it) => it.properties["snapset_member"]).length;
  }

  /** What the stored manifest takes on the anchor. */
  manifestSize(): { bytes: number; properties: number } {
    const parts = this.sandbox.world.images
      .all()
      .flatMap(({ properties }) => Object.entries(properties))
      .filter(([name, value]) => name.startsWith("snapset_manifest") && value !== "");
    return {
      bytes: parts.reduce((sum, [, value]) => sum + value.length, 0),
      properties: parts.length,
    };
  }

  close(): Promise<void> {
    return this.sandbox.close();
  }
}

function bootServers({ world }: Sandbox, count: number): Instance[] {
  const { compute, identity, images, networking, clock } = world;
  const caller = callerOf(identity.logIn({ name: "demo" }, "sandbox", undefined));
  const network = networking.networks.create(caller.projectId, { name: "machine" });
  networking.networks.createSubnet(caller, { network_id: network.id, cidr: "10.16.0.0/16" });
  const instances = Array.from({ length: count }, (_, i): Instance => {
    const name = i === 0 ? "controller" : `compute${i}`;
    const port = networking.ports.create(caller.projectId, network.id, {});
    const server = compute.building.create(caller, {
      name,
      flavorId: compute.servers.flavors[0]?.id ?? "",
      imageId: images.all()[0]?.id ?? "",
      networks: [{ port: port.id }],
      blockDevices: [],
      requestId: "req-of-the-bench",
    });
    const role = i === 0 ? "controller" : "compute";
    return { name, uuid: server.id, role, macAddress: port.mac_address };
  });
  clock.advance(60_000);
  return instances;
}
