import { writeFileSync } from "node:fs";
import { connect } from "../../../../openstack";
import { discover, type Captured } from "../../../../platforms/nova/discovery/discover";
import type { Context } from "../../../../platforms/context";
import type { Instance } from "../../../../snapset/snapsetData";
import { parseEnvironment } from "../../../../snapset/environment/parse";
import { FaultyCloud } from "../../../acceptance/FaultyCloud";

jest.setTimeout(60_000);

let cloud: FaultyCloud;
let instances: Instance[];
let context: Context;

beforeEach(async () => {
  cloud = await FaultyCloud.open();
  instances = cloud.bootThree();
  context = await contextAs("sandbox");
});
afterEach(async () => {
  await context.cloud.close();
  await cloud.close();
});

async function contextAs(name: string): Promise<Context> {
  return { cloud: await connect({ cloud: name, env: cloud.env }) } as Context;
}

const flavor = { name: "hotstack.small", vcpus: 1, ramMb: 128, diskGb: 1 };
const capturedOf = (some: readonly Instance[]): Captured => ({
  members: some.map((instance) => ({ instance, flavor })) as unknown as Captured["members"],
  imageNames: new Map(),
});
const asked = { environmentName: "lab", environment: null };
const noUserData =
  "user data of controller, compute0, compute1: Nova shows them to administrators only; " +
  "the set is without them, if there are any";

describe("the environment of servers that nobody declared", () => {
  it("is read with as many calls for three servers as for one", async () => {
    const costs: number[] = [];
    for (const some of [instances.slice(0, 1), instances]) {
      const sum = () => Object.values(context.cloud.requests).reduce((all, it) => all + it, 0);
      const before = sum();
      const { environment } = await discover(capturedOf(some), asked, context);
      expect(environment?.nodes.map(({ name }) => name)).toEqual(some.map(({ name }) => name));
      costs.push(sum() - before);
    }
    expect(costs).toEqual([11, 11]);
  });

  it("is without what may not be read, which is said and stops nothing", async () => {
    for (const action of ["listTrunks", "listServerGroups"]) {
      cloud.world.faults.add({
        match: { action },
        then: { status: action === "listTrunks" ? 404 : 403 },
      });
    }
    const { environment, findings } = await discover(capturedOf(instances), asked, context);
    expect(environment?.nodes[0]?.ports[0]?.mac).toBe(instances[0]?.macAddress);
    expect(findings).toEqual([
      expect.stringMatching(
        /^trunks cannot be read, so the set is without them: network listTrunks: GET .* answered 404/,
      ),
      expect.stringMatching(
        /^server groups cannot be read, so the set is without them: compute listServerGroups: GET .* answered 403/,
      ),
      noUserData,
    ]);
  });

  it("is not made up of half the answers: a service that fails stops the capture", async () => {
    cloud.world.faults.add({ match: { action: "listTrunks" }, then: { status: 500 } });
    await expect(discover(capturedOf(instances), asked, context)).rejects.toThrow("listTrunks");
  });

  it("has user data where Nova shows them", async () => {
    const { compute, identity } = cloud.world;
    const server = compute.servers.all().find(({ name }) => name === "controller");
    Object.assign(server ?? {}, { userData: Buffer.from("#cloud-config\n").toString("base64") });
    const roles = ["reader", "member", "admin"];
    identity.addUser({ name: "chief", password: "sandbox", project: "demo", roles });
    writeFileSync(cloud.env.OS_CLIENT_CONFIG_FILE, cloud.sandbox.cloudsYaml(["chief"]));
    const chief = await contextAs("sandbox-chief");
    const { environment, findings } = await discover(capturedOf(instances), asked, chief);
    await chief.cloud.close();
    expect(environment?.nodes[0]?.userData).toBe("#cloud-config\n");
    expect(findings).toEqual([]);
  });

  it("keeps of a declared one what the cloud does not know", async () => {
    const declared = parseEnvironment(
      {
        name: "declared",
        networks: [{ name: "machine", subnets: [{ name: "s", cidr: "192.168.9.0/24" }] }],
        nodes: instances.map(({ name, role }) => ({
          ...{ name, role, flavor: "old", sshUser: "zuul", userData: "#!" },
          ports: [{ network: "machine" }],
        })),
      },
      "test",
    );
    const wish = { ...asked, environment: declared };
    const { environment, findings } = await discover(capturedOf(instances), wish, context);
    expect(findings).toEqual([]);
    expect(environment?.nodes[0]).toMatchObject({
      flavor: "hotstack.small",
      sshUser: "zuul",
      userData: "#!",
      ports: [{ mac: instances[0]?.macAddress }],
    });
  });

  it("is what was declared, or none, where what is found is no environment", async () => {
    const twins = instances.map((it) => ({ ...it, role: "controller" as const }));
    const { environment, findings } = await discover(capturedOf(twins), asked, context);
    expect(environment).toBeNull();
    expect(findings.at(-1)).toBe(
      "the environment cannot be described: as it is found: nodes: at most one controller, " +
        "got controller, compute0, compute1; the set holds none",
    );
  });
});
