import type { CaptureInputs } from "../../platforms/capture/types";
import type { Caller } from "../../sandbox/world";
import { callerOf } from "../../sandbox/world/identity";
import type { Role } from "../../snapset/roles";
import type { Instance } from "../../snapset/snapsetData";
import type { WantedNode } from "../../snapset/environment/wantedNode";
import { captureOf, FaultyCloud } from "../acceptance/FaultyCloud";

/** An image takes half a second, a whole capture about two. */
const timeScale = 60;

const volumeBacked = "master1";
const withData = ["worker0", "worker1"];

/** A sandbox with five servers: two with data volumes, one that boots from a volume, one that is off. */
export class KillLab {
  readonly inputs: CaptureInputs;
  /** How the servers were before anybody captured them. */
  readonly before: Record<string, string>;

  private constructor(readonly cloud: FaultyCloud) {
    const caller = callerOf(cloud.world.identity.logIn({ name: "demo" }, "sandbox", undefined));
    const network = cloud.world.networking.networks.create(caller.projectId, { name: "kills" });
    cloud.world.networking.networks.createSubnet(caller, {
      network_id: network.id,
      cidr: "192.168.10.0/24",
    });
    const boot = (name: string, role: Role, octet: number) =>
      bootOn(cloud, caller, network.id, { name, role, octet });
    const instances = [
      boot("controller", "controller", 1),
      boot("master0", "ocp_master", 2),
      boot("master1", "ocp_master", 3),
      boot("worker0", "ocp_worker", 4),
      boot("worker1", "ocp_worker", 5),
    ];
    cloud.stop("worker1");
    this.inputs = captureOf(instances, { snapId: "kills001", environmentName: "kills" });
    this.before = cloud.states();
  }

  static async open(): Promise<KillLab> {
    return new KillLab(await FaultyCloud.open({ timeScale }));
  }

  close(): Promise<void> {
    return this.cloud.close();
  }

  /** The environment that the set has to fit. */
  get nodes(): WantedNode[] {
    const flavor = this.cloud.world.compute.servers.flavors[0]?.name ?? "";
    return this.inputs.instances.map(({ name, role }) => ({
      name,
      role,
      flavor,
      bootsFromVolume: name === volumeBacked,
      volumes: withData.includes(name) ? [{ name: `${name}-data`, capture: "include" }] : [],
    }));
  }

  /** What is there of a set, its journal included. */
  leftovers(): string[] {
    return this.cloud.leftovers(this.inputs.snapId);
  }

  /** Whether the capture's journal is there. */
  hasJournal(): boolean {
    return this.leftovers().includes(`snapset-capture-${this.inputs.snapId}`);
  }

  /** How often an action was asked for, by the server or volume that it was about. */
  asked(action: string): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { path } of this.cloud.world.requests.filter((it) => it.action === action)) {
      const id = /servers\/([^/]+)\/action/.exec(path)?.[1] ?? path;
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    return counts;
  }

  /** What was asked for last, for the report of a failure. */
  lastAsked(): string {
    const last = this.cloud.world.requests.filter(() => true).at(-1);
    return last === undefined ? "nothing" : `${last.service} ${last.action}`;
  }
}

interface Wish {
  name: string;
  role: Role;
  octet: number;
}

function bootOn(
  { world }: FaultyCloud,
  caller: Caller,
  networkId: string,
  { name, role, octet }: Wish,
): Instance {
  const { compute, images, networking, volumes, clock } = world;
  const macAddress = `fa:16:9e:00:01:${octet.toString(16).padStart(2, "0")}`;
  const port = networking.ports.create(caller.projectId, networkId, { mac_address: macAddress });
  const imageId = images.all()[0]?.id ?? "";
  const root = {
    source_type: "image",
    destination_type: "volume",
    uuid: imageId,
    boot_index: 0,
    volume_size: 1,
  } as const;
  const data = () => {
    const volume = volumes.create(caller, { name: `${name}-data`, size: 1 });
    clock.advance(10_000);
    return { source_type: "volume", destination_type: "volume", uuid: volume.id } as const;
  };
  const server = compute.building.create(caller, {
    name,
    flavorId: compute.servers.flavors[0]?.id ?? "",
    imageId: name === volumeBacked ? "" : imageId,
    networks: [{ port: port.id }],
    blockDevices: [
      ...(name === volumeBacked ? [root] : []),
      ...(withData.includes(name) ? [data()] : []),
    ],
    requestId: "req-of-the-test",
  });
  clock.advance(10_000);
  return { name, uuid: server.id, role, macAddress };
}
