import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Run } from "../../sandbox/pulumiProject";
import { callerOf } from "../../sandbox/world/identity";
import { acceptanceProject, addressesOf, bootCountOf } from "./cloud";
import { sandboxCloud } from "./sandboxCloud";

jest.setTimeout(400_000);

interface Outputs {
  snap_id: string;
  snapset_data: { instances: Record<string, { uuid: string }> };
  floating_ips: Record<string, string>;
}

const kept = "172.24.4.150";
const declared = {
  controller: { mac: "fa:16:9e:81:00:05", ip: "192.168.81.254" },
  compute0: { mac: "fa:16:9e:81:00:10", ip: "192.168.81.10" },
};
const map = {
  networks: { publik: "public" },
  flavors: { "hotstack.smal": "hotstack.small" },
  images: { "hotstack-controler": "hotstack-controller" },
};

let opened: Awaited<ReturnType<typeof sandboxCloud>>;
let place: ReturnType<typeof acceptanceProject>;

beforeAll(async () => {
  opened = await sandboxCloud();
  place = acceptanceProject(opened.cloud.env);
  const { networking } = opened.sandbox.world;
  const [external] = [...networking.tables.networks.values()].filter((it) => it["router:external"]);
  // Which address it has is for an administrator to say.
  networking.floatingIps.create(
    { ...demo(), isAdmin: true },
    { floating_network_id: external?.id ?? "", floating_ip_address: kept },
  );
  const given = {
    "openstack:cloud": "sandbox",
    "snapset:environment": "test/acceptance/placement.yaml",
  };
  await place.project.createStack("source", { ...given, "snapset:mode": "deploy" });
  await place.project.createStack("snapshot", { "openstack:cloud": "sandbox" });
  for (const stack of ["one", "two"]) {
    await place.project.createStack(stack, { "openstack:cloud": "sandbox" });
  }
});

afterAll(async () => {
  await opened.close();
  place.remove();
});

/** The user whose cloud it is. */
function demo() {
  return callerOf(opened.sandbox.world.identity.logIn({ name: "demo" }, "sandbox", undefined));
}

const outputs = async (stack: string) => (await place.project.outputs(stack)) as unknown as Outputs;

function succeed(run: Run): string {
  if (run.code !== 0) throw new Error(`exit code ${run.code}\n${run.output}`);
  return run.output;
}

/** Runs a command that must fail and change nothing. @returns what it has said */
async function refusalOf(work: () => Promise<Run>): Promise<string> {
  const { requests } = opened.sandbox.world;
  requests.clear();
  const { code, output } = await work();
  expect(code).not.toBe(0);
  expect(requests.changes().filter(({ service }) => service !== "identity")).toEqual([]);
  return output;
}

/** The floating IP that the project keeps, as Neutron has it. */
async function keptFloatingIp() {
  const [it] = await opened.cloud.client.network.listFloatingIps({ floating_ip_address: kept });
  return it;
}

describe("an environment on another cloud", () => {
  const missing = [
    "router place-router, floating IP of controller.ports[0]: there is no external network publik; the nearest is public; snapset:map.networks names another",
    "node controller, node compute0: there is no image hotstack-controler; the nearest is hotstack-controller; snapset:map.images names another",
    "node controller, node compute0: there is no flavor hotstack.smal; the nearest is hotstack.small; snapset:map.flavors names another",
  ];

  it("is refused in preview and in up, all at once, and nothing is left behind", async () => {
    for (const command of ["preview", "up"] as const) {
      const said = await refusalOf(() => place.project[command]("source"));
      for (const problem of missing) expect(said).toContain(problem);
    }
  });

  it("is refused when the map renames what nothing uses", async () => {
    place.project.configure("source", { "snapset:map": { ...map, keyPairs: { me: "you" } } });
    expect(await refusalOf(() => place.project.preview("source"))).toContain(
      "snapset:map: keyPairs.me: the environment names no me; it names none",
    );
  });

  it("is refused when it needs more than the project may have", async () => {
    place.project.configure("source", { "snapset:map": map });
    const { quotas } = opened.sandbox.world;
    Object.assign(quotas, { instances: 1, port: 2 });
    const said = await refusalOf(() => place.project.preview("source"));
    expect(said).toContain("quota Nova's instances: 2 more needed, 0 of 1 are used");
    expect(said).toMatch(/quota Neutron's port: 3 more needed, \d of 2 are used/);
    Object.assign(quotas, { instances: -1, port: -1 });
  });

  it("comes up under the names of the cloud, with the floating IP that is ours and free", async () => {
    succeed(await place.project.up("source"));
    const { snapset_data, floating_ips } = await outputs("source");
    expect(await addressesOf(opened.cloud.client, snapset_data)).toEqual(declared);
    expect(floating_ips).toEqual({ controller: kept });
    expect(await keptFloatingIp()).toMatchObject({ fixed_ip_address: "192.168.81.254" });
  });

  it("is not rebuilt because there is a newer image of the name, nor asked about again", async () => {
    const { images, clock, requests } = opened.sandbox.world;
    clock.advance(60_000);
    const newer = images.create(demo().projectId, { name: "hotstack-controller" });
    images.setContent(newer, { bootCount: 0, files: {} }, 1000, 1000);
    requests.clear();
    expect(succeed(await place.project.up("source"))).toMatch(/Resources:\n\s+\d+ unchanged\n/);
    const asked = requests.filter(({ service }) => service !== "identity");
    expect(asked.map(({ action }) => action)).toEqual([]);
  });

  it("lets go of a floating IP that was there before, and leaves it there", async () => {
    succeed(await place.project.up("snapshot"));
    succeed(await place.project.destroy("source"));
    expect(await keptFloatingIp()).toMatchObject({ port_id: null });
  });
});

describe("two restores of one set beside each other", () => {
  let first: Outputs;
  let second: Outputs;

  beforeAll(async () => {
    const { snap_id: snapId } = await outputs("snapshot");
    const alone = { "snapset:snapId": snapId, "snapset:environment": undefined };
    place.project.configure("one", alone);
    const flavors = { "hotstack.small": "hotstack.medium" };
    place.project.configure("two", { ...alone, "snapset:map": { flavors } });
    succeed(await place.project.up("one"));
    const run = succeed(await place.project.up("two"));
    expect(run).toContain(`floating IP ${kept} is in use by port`);
    [first, second] = [await outputs("one"), await outputs("two")];
  });

  it("have the same MACs and addresses, each on networks of its own", async () => {
    const { client } = opened.cloud;
    for (const { snapset_data } of [first, second]) {
      expect(await addressesOf(client, snapset_data)).toEqual(declared);
    }
    const networks = await client.network.listNetworks({ name: "place-net" });
    expect(networks).toHaveLength(2);
    const ids = [first, second].flatMap((it) =>
      Object.values(it.snapset_data.instances).map(({ uuid }) => uuid),
    );
    expect(new Set(ids).size).toBe(4);
    for (const { id } of networks) {
      const ports = await client.network.listPorts({ network_id: id });
      const servers = ports.map((it) => it.device_id).filter((it) => ids.includes(it));
      expect(servers).toHaveLength(2);
    }
  });

  it("get the same floating IP, the first of them, and another one, the second", () => {
    expect(first.floating_ips).toEqual({ controller: kept });
    expect(second.floating_ips["controller"]).toMatch(/^172\.24\.4\.\d+$/);
    expect(second.floating_ips["controller"]).not.toBe(kept);
  });

  it("have the flavors that each of them maps", async () => {
    const { client } = opened.cloud;
    const flavorOf = async ({ snapset_data }: Outputs) => {
      const { flavor } = await client.compute.showServer(
        snapset_data.instances["compute0"]?.uuid ?? "",
      );
      return (await client.compute.showFlavor(flavor.id)).name;
    };
    expect(await flavorOf(first)).toBe("hotstack.small");
    expect(await flavorOf(second)).toBe("hotstack.medium");
  });

  it("stand and fall alone", async () => {
    const { client } = opened.cloud;
    succeed(await place.project.destroy("one"));
    expect(await client.network.listNetworks({ name: "place-net" })).toHaveLength(1);
    expect(await keptFloatingIp()).toMatchObject({ port_id: null });
    // The floating IP is free now; the choice stays all the same.
    expect(succeed(await place.project.up("two"))).toMatch(/Resources:\n\s+\d+ unchanged\n/);
    expect(await addressesOf(client, second.snapset_data)).toEqual(declared);
    for (const { uuid } of Object.values(second.snapset_data.instances)) {
      expect(await bootCountOf(opened.cloud, uuid)).toBe(2);
    }
  });
});

describe("an environment on a network of somebody else's", () => {
  it("is refused where its MAC or its address is another port's", async () => {
    const { networking } = opened.sandbox.world;
    const who = demo();
    const network = networking.networks.create(who.projectId, { name: "office" });
    networking.networks.createSubnet(who, { network_id: network.id, cidr: "10.9.0.0/24" });
    const fixed_ips = [{ ip_address: "10.9.0.20" }];
    const mac_address = "fa:16:9e:09:00:01";
    networking.ports.create(who.projectId, network.id, { name: "printer", mac_address, fixed_ips });
    const node = { role: "compute", image: "hotstack-controller", flavor: "hotstack.small" };
    const boxes = [
      { name: "a", ports: [{ name: "a", network: "office", mac: mac_address }] },
      { name: "b", ports: [{ name: "b", network: "office", fixedIps: [{ ip: "10.9.0.20" }] }] },
    ];
    const subnets = [{ name: "office-subnet", cidr: "10.9.0.0/24" }];
    const file = join(place.directory, "office.yaml");
    const environment = {
      name: "office",
      networks: [{ name: "office", existing: true, subnets }],
      nodes: boxes.map((box) => ({ ...node, ...box })),
    };
    writeFileSync(file, JSON.stringify(environment));
    await place.project.createStack("office", {
      "openstack:cloud": "sandbox",
      "snapset:mode": "deploy",
      "snapset:environment": file,
    });
    const said = await refusalOf(() => place.project.preview("office"));
    expect(said).toMatch(
      /port a: MAC fa:16:9e:09:00:01 is in use in network office by port printer/,
    );
    expect(said).toMatch(
      /port b: address 10\.9\.0\.20 is in use in network office by port printer/,
    );
  });
});
