import { ApiError, isConflict, snapshotMicroversion, type OpenStack } from "../../../openstack";
import { isAtLeast } from "../../../openstack/bare-metal/microversions";
import { LocalCloud, reply } from "../LocalCloud";
import { bareMetalNode } from "./bareMetalNode";

let cloud: LocalCloud;
let openStack: OpenStack;

const base = "/baremetal/v1";
const header = "x-openstack-ironic-api-version";
const imageId = "66498c26-a9b5-496c-97a8-5bc08f256155";

beforeEach(async () => {
  cloud = await LocalCloud.start();
  openStack = await cloud.connect();
  speaks("1.82");
});

afterEach(async () => {
  await openStack.close();
  await cloud.stop();
});

/** As a real Ironic describes itself (21.4). */
function speaks(version: string): void {
  cloud.on(`GET ${base}/`, (_received, response) => {
    reply(response, 200, { id: "v1", version: { min_version: "1.1", version } });
  });
}

function versionsSent(path: string): unknown[] {
  return cloud.requestsTo(path).map(({ headers }) => headers[header]);
}

test.each([
  ["1.82", "1.9", true],
  ["1.9", "1.82", false],
  ["1.82", "1.82", true],
  ["2.0", "1.82", true],
])("microversion %s is at least %s: %s", (version, wanted, expected) => {
  expect(isAtLeast(version, wanted)).toBe(expected);
});

test("showVersions asks once, and again only after a failure", async () => {
  cloud.on(`GET ${base}/`, (_received, response) => {
    reply(response, 500, { error_message: "no database" });
  });
  await expect(openStack.bareMetal.showVersions()).rejects.toThrow("no database");
  speaks("1.82");
  await openStack.bareMetal.showVersions();
  expect(await openStack.bareMetal.showVersions()).toEqual({ min: "1.1", max: "1.82" });
  expect(cloud.requestsTo(`${base}/`)).toHaveLength(2);
});

test("offersSnapshots goes by the newest microversion that the API says it speaks", async () => {
  expect(await openStack.bareMetal.offersSnapshots()).toBe(false);
  const other = await cloud.connect();
  speaks(snapshotMicroversion);
  expect(await other.bareMetal.offersSnapshots()).toBe(true);
  await other.close();
});

test("listNodes reads every page, for the oldest version that will do", async () => {
  cloud.on(`GET ${base}/nodes/detail`, ({ url }, response) => {
    const isFirst = !url.includes("marker");
    const next = { next: `http://somewhere.else/v1/nodes/detail?limit=1&marker=node-1` };
    const nodes = [bareMetalNode({ uuid: isFirst ? "node-1" : "node-2", name: null })];
    reply(response, 200, { nodes, ...(isFirst ? next : {}) });
  });
  const nodes = await openStack.bareMetal.listNodes({ provision_state: "active", limit: 1 });
  expect(nodes.map(({ uuid, name }) => [uuid, name])).toEqual([
    ["node-1", ""],
    ["node-2", ""],
  ]);
  expect(cloud.requestsTo(`${base}/nodes/detail`).map(({ url }) => url)).toEqual([
    `${base}/nodes/detail?provision_state=active&limit=1`,
    `${base}/nodes/detail?limit=1&marker=node-1`,
  ]);
  expect(versionsSent(`${base}/nodes/detail`)).toEqual(["1.65", "1.65"]);
});

test("where snapshots are offered, nodes are asked what makes theirs", async () => {
  speaks(snapshotMicroversion);
  cloud.on(`GET ${base}/nodes/detail`, (_received, response) => {
    reply(response, 200, { nodes: [bareMetalNode({ snapshot_interface: "agent" })] });
  });
  expect(await openStack.bareMetal.listNodes()).toMatchObject([{ snapshot_interface: "agent" }]);
  expect(versionsSent(`${base}/nodes/detail`)).toEqual([snapshotMicroversion]);
});

test("showNode and showStates take a name as well as a uuid", async () => {
  cloud.on(`GET ${base}/nodes/rack%201`, (_received, response) => {
    reply(response, 200, bareMetalNode({ name: "rack 1" }));
  });
  cloud.on(`GET ${base}/nodes/rack%201/states`, (_received, response) => {
    reply(response, 200, bareMetalNode({ provision_state: "snapshot wait" }));
  });
  expect(await openStack.bareMetal.showNode("rack 1")).toMatchObject({ name: "rack 1" });
  const { provision_state } = await openStack.bareMetal.showStates("rack 1");
  expect(provision_state).toBe("snapshot wait");
});

test("listPorts finds whose a MAC is", async () => {
  const port = { uuid: "port-1", address: "52:54:00:aa:bb:01", node_uuid: "node-1" };
  cloud.on(`GET ${base}/ports/detail`, (_received, response) => {
    reply(response, 200, { ports: [port] });
  });
  expect(await openStack.bareMetal.listPorts({ address: port.address })).toEqual([port]);
});

test("a new verb `snapshot` will be guarded by microversions", async () => {
  const path = `${base}/nodes/node-1/states/provision`;
  cloud.on(`PUT ${path}`, (_received, response) => {
    reply(response, 202, "");
  });
  const { bareMetal } = openStack;
  await bareMetal.setProvisionState("node-1", { target: "snapshot", image_ref: imageId });
  await bareMetal.setProvisionState("node-1", { target: "abort" });
  await bareMetal.setProvisionState("node-1", { target: "deleted" });
  expect(cloud.requestsTo(path).map(({ body }) => JSON.parse(body) as unknown)).toEqual([
    { target: "snapshot", image_ref: imageId },
    { target: "abort" },
    { target: "deleted" },
  ]);
  expect(versionsSent(path)).toEqual([snapshotMicroversion, "1.65", "1.65"]);
});

test("a request for a provision state is not sent again when no answer came", async () => {
  const path = `${base}/nodes/node-1/states/provision`;
  cloud.on(`PUT ${path}`, (_received, response) => response.socket?.destroy());
  const asked = openStack.bareMetal.setProvisionState("node-1", { target: "abort" });
  await expect(asked).rejects.toThrow("got no answer");
  expect(cloud.requestsTo(path)).toHaveLength(1);
});

test("setPowerState and updateNode send Ironic's own words", async () => {
  cloud.on(`PUT ${base}/nodes/node-1/states/power`, (_received, response) => {
    reply(response, 202, "");
  });
  cloud.on(`PATCH ${base}/nodes/node-1`, (_received, response) => {
    reply(response, 200, bareMetalNode({ extra: { a: "b" } }));
  });
  await openStack.bareMetal.setPowerState("node-1", { target: "soft power off", timeout: 60 });
  const patch = [{ op: "add", path: "/extra/a", value: "b" }] as const;
  expect(await openStack.bareMetal.updateNode("node-1", patch)).toMatchObject({
    extra: { a: "b" },
  });
  expect(cloud.received.slice(-2).map(({ body }) => JSON.parse(body) as unknown)).toEqual([
    { target: "soft power off", timeout: 60 },
    patch,
  ]);
});

test.each([
  ['{"faultcode": "Client", "faultstring": "Node n is locked by host c."}', "Node n is locked"],
  [{ faultcode: "Client", faultstring: "Node n is locked by host c." }, "Node n is locked"],
  ['{"code": 406, "title": "Not Acceptable", "description": "Version 1.99 …"}', "Version 1.99"],
  ["plain words", "plain words"],
])("what Ironic says in a refusal is shown, and under which request: %j", async (fault, shown) => {
  cloud.on(`GET ${base}/nodes/n`, (_received, response) => {
    response.writeHead(409, {
      "content-type": "application/json",
      "openstack-request-id": "req-7",
    });
    response.end(JSON.stringify({ error_message: fault }));
  });
  const error = await openStack.bareMetal.showNode("n").catch((refusal: unknown) => refusal);
  expect(isConflict(error)).toBe(true);
  expect((error as ApiError).message).toContain(`answered 409: ${shown}`);
  expect((error as ApiError).message).not.toContain("faultcode");
  expect((error as ApiError).message).toContain("(request req-7)");
});
