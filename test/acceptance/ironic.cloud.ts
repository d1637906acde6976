import { connect, isNotFound, snapshotMicroversion, type OpenStack } from "../../openstack";
import { withoutSnapshots } from "../../snapset/ironic/capability";
import { BareMetalAccess } from "../contract/BareMetalAccess";
import { captureOf, failureOf } from "./FaultyCloud";
import { Providers } from "./Providers";

const mac = "52:54:00:5a:90:01";
const name = `snapset-acceptance-${process.pid}`;

describe("a real Ironic", () => {
  let client: OpenStack;
  let raw: BareMetalAccess;
  let providers: Providers;
  let uuid = "";
  const { OS_CLOUD = "", OS_CLIENT_CONFIG_FILE } = process.env;
  // Nodes are an administrator's, whose cloud is named after the member's.
  const cloud = `${OS_CLOUD}-admin`;

  beforeAll(async () => {
    client = await connect({ cloud });
    raw = await BareMetalAccess.open({ ...process.env, OS_CLOUD: cloud });
    providers = new Providers({ OS_CLOUD: cloud, OS_CLIENT_CONFIG_FILE });
    const node = await raw.call("POST", "/v1/nodes", { name, driver: "fake-hardware" });
    uuid = (node.body as { uuid: string }).uuid;
    await raw.call("POST", "/v1/ports", { node_uuid: uuid, address: mac });
  });

  afterAll(async () => {
    await raw.call("DELETE", `/v1/nodes/${uuid}`);
    await client.close();
  });

  const instance = () => ({
    name: "master0",
    uuid,
    role: "ocp_master" as const,
    macAddress: mac,
    platform: "ironic" as const,
  });

  it("lists nodes and ports, and shows states", async () => {
    const nodes = await client.bareMetal.listNodes({ limit: 1 });
    expect(nodes.find((node) => node.uuid === uuid)).toMatchObject({
      name,
      driver: "fake-hardware",
      provision_state: "enroll",
      maintenance: false,
      reservation: null,
      last_error: null,
    });
    expect(await client.bareMetal.showNode(name)).toMatchObject({ uuid, extra: {} });
    expect(await client.bareMetal.listPorts({ address: mac })).toMatchObject([{ node_uuid: uuid }]);
    const states = await client.bareMetal.showStates(name);
    expect(states).toMatchObject({ provision_state: "enroll", power_state: null });
  });

  it("tells what it does not have and what it refuses in its own words", async () => {
    const missing = await client.bareMetal.showNode("no-such-node").catch((it: unknown) => it);
    expect(isNotFound(missing)).toBe(true);
    expect((missing as Error).message).toMatch(
      /answered 404: Node no-such-node could not be found\. \(request req-/,
    );
    const refused = client.bareMetal.setProvisionState(name, { target: "abort" });
    await expect(refused).rejects.toThrow(
      'The requested action "abort" can not be performed on node',
    );
  });

  it("takes and gives up the marks that a capture and a restore write", async () => {
    const path = "/extra/snapset_snapshot";
    await client.bareMetal.updateNode(uuid, [{ op: "add", path, value: "AbCdEf12" }]);
    const marked = await client.bareMetal.showNode(uuid);
    expect(marked.extra).toEqual({ snapset_snapshot: "AbCdEf12" });
    await client.bareMetal.updateNode(uuid, [{ op: "remove", path }]);
    expect((await client.bareMetal.showNode(uuid)).extra).toEqual({});
  });

  it("is said in one sentence not to offer snapshots, and nothing is changed", async () => {
    const before = await client.bareMetal.showNode(uuid);
    const images = (await client.image.listImages()).length;
    const inputs = captureOf([instance()], { snapId: "metal00a" });
    const { message } = await failureOf(providers.capture(inputs));
    const versions = await client.bareMetal.showVersions();
    expect(message).toBe(`capture: ${withoutSnapshots(cloud, versions, snapshotMicroversion)}`);
    expect(await client.bareMetal.showNode(uuid)).toEqual(before);
    expect(await client.image.listImages()).toHaveLength(images);
  });

  it("refuses the verb itself, guarded by a microversion that it does not speak", async () => {
    const asked = client.bareMetal.setProvisionState(uuid, {
      target: "snapshot",
      image_ref: "66498c26-a9b5-496c-97a8-5bc08f256155",
    });
    await expect(asked).rejects.toThrow(/answered 406: Version 1\.200 was requested/);
  });
});
