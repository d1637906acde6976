/* eslint-disable @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-return -- raw answers are what is tested */
import { BareMetalLab, faultOf } from "../../BareMetalLab";

const header = "x-openstack-ironic-api-version";
const uuid = expect.stringMatching(/^[0-9a-f-]{36}$/) as string;

describe("Ironic's API", () => {
  let lab: BareMetalLab;
  beforeEach(async () => {
    lab = await BareMetalLab.open([
      { name: "bm-0", image: "hotstack-controller", macs: ["52:54:00:00:00:0a"] },
      { name: "bm-1", macs: ["52:54:00:00:00:1a"] },
      { name: "theirs", owner: "other" },
    ]);
  });
  afterEach(() => lab.close());

  const names = async (query = "", headers: Record<string, string> = {}) => {
    const { body } = await lab.get(`/nodes${query}`, headers);
    return body.nodes.map((node: { name: string }) => node.name) as string[];
  };

  it("describes its versions to everybody, with and without a token", async () => {
    const root = await lab.lab.get("/baremetal", { "x-auth-token": "none" });
    expect(root.status).toBe(200);
    expect(root.body).toMatchObject({
      name: "OpenStack Ironic API",
      default_version: { id: "v1", status: "CURRENT", min_version: "1.1", version: "1.200" },
      versions: [{ id: "v1" }],
    });
    const { headers, body } = await lab.lab.get("/baremetal/v1/", { "x-auth-token": "none" });
    expect(body.version.version).toBe("1.200");
    expect(headers.get("x-openstack-ironic-api-minimum-version")).toBe("1.1");
    expect(headers.get("x-openstack-ironic-api-maximum-version")).toBe("1.200");
    expect(headers.get(header)).toBe("1.1");
  });

  it("speaks the microversion asked for, and 406 for one that it does not have", async () => {
    const latest = await lab.get("/nodes", { [header]: "latest" });
    expect(latest.headers.get(header)).toBe("1.200");
    for (const [wanted, said] of [
      ["1.201", "Version 1.201 was requested but the minor version is not supported"],
      ["2.0", "Mutually exclusive versions requested. Version 2.0 requested"],
      ["one", "Invalid value for X-OpenStack-Ironic-API-Version header"],
    ] as const) {
      const answer = await lab.get("/nodes", { [header]: wanted });
      expect(answer.status).toBe(406);
      expect(JSON.parse(answer.body.error_message as string)).toMatchObject({
        code: 406,
        title: "Not Acceptable",
        description: expect.stringContaining(said) as string,
      });
      expect(answer.headers.get("x-openstack-ironic-api-maximum-version")).toBe("1.200");
      expect(answer.headers.get(header)).toBeNull();
    }
  });

  it("shows fewer fields of a node in older versions", async () => {
    const at = async (version: string) =>
      Object.keys((await lab.get("/nodes/bm-1", { [header]: version })).body as object);
    const [first, named, today, snapshots] = [
      await at("1.1"),
      await at("1.5"),
      await at("1.82"),
      await at("1.200"),
    ];
    expect([first.includes("name"), named.includes("name")]).toEqual([false, true]);
    expect(snapshots.filter((field) => !today.includes(field))).toEqual(["snapshot_interface"]);
    const { body } = await lab.get("/nodes/bm-1", { [header]: "1.1" });
    expect(body.provision_state).toBeNull();
  });

  it("lists what there is, with filters, fields and pages", async () => {
    expect(await names()).toEqual(["bm-0", "bm-1"]);
    expect(await names("?provision_state=active")).toEqual(["bm-0"]);
    expect(await names("?maintenance=true")).toEqual([]);
    expect(await names("?associated=false&driver=ipmi&resource_class=baremetal")).toHaveLength(2);
    expect(await names("/detail?provision_state=available")).toEqual(["bm-1"]);
    expect((await lab.get("/nodes?fields=uuid,provision_state")).body.nodes[0]).toEqual({
      uuid,
      provision_state: "active",
      links: [expect.any(Object), expect.any(Object)],
    });
    const first = await lab.get("/nodes?limit=1");
    const next = first.body.next as string;
    expect(next).toMatch(
      /\/v1\/nodes\?sort_key=id&sort_dir=asc&fields=instance_uuid,maintenance,power_state,provision_state,uuid,name&limit=1&marker=/,
    );
    const second = await lab.get(next.split("/v1")[1] ?? "");
    expect(second.body.nodes[0].name).toBe("bm-1");
    const last = await lab.get((second.body.next as string).split("/v1")[1] ?? "");
    expect(last.body).toEqual({ nodes: [] });
  });

  it.each([
    ["?provision_state=bogus", 400, 'Provision state "bogus" is not valid'],
    ["?limit=-1", 400, "Limit must be positive"],
    ["?limit=x", 400, "Expected an integer for limit: x"],
    ["?bogus=1", 400, "Unexpected arguments: bogus"],
    [
      "?detail=true&fields=uuid",
      400,
      "Can not specify ?detail=True and fields in the same request.",
    ],
    ["?fields=uuid,bogus", 500, "type object 'Node' has no attribute 'bogus'"],
    ["/nope", 404, "Node nope could not be found."],
    ["/bm-0?fields=bogus", 400, "Field bogus is not a valid field."],
  ])("nodes%s is a %d", async (query, status, message) => {
    const answer = await lab.get(`/nodes${query}`);
    expect([answer.status, faultOf(answer)]).toEqual([status, message]);
    expect(answer.headers.get("openstack-request-id")).toMatch(/^req-/);
  });

  it("shows a node by name or uuid, its states and its ports", async () => {
    const { body } = await lab.get("/nodes/bm-0");
    expect(body).toMatchObject({
      name: "bm-0",
      provision_state: "active",
      power_state: "power on",
    });
    expect((await lab.get(`/nodes/${body.uuid}`)).body).toEqual(body);
    expect((await lab.get("/nodes/bm-0/states")).body).toEqual({
      ...{ console_enabled: false, last_error: null, power_state: "power on" },
      ...{ provision_state: "active", target_power_state: null, target_provision_state: null },
      ...{ provision_updated_at: "2026-01-05T08:00:00+00:00", raid_config: {} },
      ...{ target_raid_config: {}, boot_mode: null, secure_boot: null },
    });
    const port = { address: "52:54:00:00:00:0a", node_uuid: body.uuid, pxe_enabled: true };
    for (const path of [
      `/nodes/${body.uuid}/ports/detail`,
      "/ports/detail?node=bm-0",
      "/ports/detail?address=52:54:00:00:00:0A",
    ]) {
      expect((await lab.get(path)).body.ports).toEqual([expect.objectContaining(port)]);
    }
    const [short] = (await lab.get("/ports?node=bm-0")).body.ports;
    expect(Object.keys(short as object)).toEqual(["uuid", "address", "links"]);
    expect((await lab.get("/ports")).body.ports).toHaveLength(2);
  });

  it("patches a node, as a whole or not at all", async () => {
    const patch = (operations: unknown) => lab.send("PATCH", "/nodes/bm-0", operations);
    const made = await patch([
      { op: "add", path: "/extra/rack", value: 4 },
      { op: "add", path: "/properties/root_device", value: { size: ">= 8" } },
      { op: "replace", path: "/name", value: "bm-zero" },
    ]);
    expect(made.status).toBe(200);
    expect(made.body).toMatchObject({ name: "bm-zero", extra: { rack: 4 } });
    const before = (await lab.get("/nodes/bm-zero")).body;
    const half = [
      { op: "add", path: "/extra/shelf", value: 1 },
      { op: "remove", path: "/extra/nothing" },
    ];
    const refused = await lab.send("PATCH", "/nodes/bm-zero", half);
    expect([refused.status, faultOf(refused)]).toEqual([
      400,
      "Couldn't apply patch '{'op': 'remove', 'path': '/extra/nothing'}'. Reason: can't remove a non-existent object 'nothing'",
    ]);
    expect((await lab.get("/nodes/bm-zero")).body).toEqual(before);
    const cleared = await lab.send("PATCH", "/nodes/bm-zero", [
      { op: "remove", path: "/extra" },
      { op: "remove", path: "/instance_info" },
    ]);
    expect(cleared.body).toMatchObject({ extra: {}, instance_info: {} });
  });

  it.each([
    [{ a: 1 }, "Schema error for patch: {'a': 1} is not of type 'array'"],
    [
      [{ op: "bogus", path: "/extra/a", value: 3 }],
      "Schema error for patch: 'bogus' is not one of ['add', 'replace', 'remove']",
    ],
    [
      [{ op: "add", path: "/extra", value: 3 }],
      "Schema error for patch: 3 is not of type 'object', 'null'",
    ],
    [
      [{ op: "add", path: "/extra/a/b", value: 3 }],
      "Couldn't apply patch '{'op': 'add', 'path': '/extra/a/b', 'value': 3}'. Reason: member 'a' not found in {}",
    ],
    [
      [{ op: "replace", path: "/provision_state", value: "x" }],
      expect.stringMatching(
        /^Cannot patch \/provision_state\. Only the following can be updated: automated_clean, /,
      ),
    ],
  ])("the patch %j is a 400", async (operations, message) => {
    const refused = await lab.send("PATCH", "/nodes/bm-0", operations);
    expect([refused.status, faultOf(refused)]).toEqual([400, message]);
  });

  it("does not patch a node on its way, nor one that a conductor holds", async () => {
    await lab.beginSnapshot();
    const patch = () =>
      lab.send("PATCH", "/nodes/bm-0", [{ op: "add", path: "/extra/a", value: 1 }]);
    const onItsWay = await patch();
    expect([onItsWay.status, faultOf(onItsWay)]).toEqual([
      409,
      "Node bm-0 can not be updated while a state transition is in progress.",
    ]);
    await lab.settled("active");
    await lab.send("PUT", "/nodes/bm-0/states/power", { target: "rebooting" });
    const held = await patch();
    expect([held.status, faultOf(held)]).toEqual([
      409,
      expect.stringContaining("is locked by host sandbox-conductor"),
    ]);
  });

  it("switches power, and shuts down gracefully when asked softly", async () => {
    const power = (target: string) => lab.send("PUT", "/nodes/bm-0/states/power", { target });
    const states = async () => (await lab.get("/nodes/bm-0/states")).body;
    expect((await power("soft power off")).status).toBe(202);
    expect(await states()).toMatchObject({ target_power_state: "power off" });
    await lab.settled("active");
    expect(await states()).toMatchObject({ power_state: "power off", target_power_state: null });
    expect(lab.machine().guest?.lastStopGraceful).toBe(true);
    await power("power on");
    await lab.settled("active");
    lab.world.clock.advance(20_000);
    expect([lab.bootCount(), lab.machine().guest?.state]).toEqual([2, "running"]);
    await power("power off");
    await lab.settled("active");
    expect(lab.machine().guest?.lastStopGraceful).toBe(false);
    const bogus = await power("bogus");
    expect([bogus.status, faultOf(bogus)]).toEqual([
      400,
      'The requested action "bogus" can not be performed on node "bm-0" while it is in state "power off".',
    ]);
  });

  it("gives up on a guest that does not answer the power button, and says so", async () => {
    const guest = lab.machine().guest;
    if (guest !== undefined) guest.ignoresAcpi = true;
    const asked = lab.world.clock.nowMs();
    await lab.send("PUT", "/nodes/bm-0/states/power", { target: "soft power off", timeout: 7 });
    await lab.settled("active");
    expect(lab.world.clock.nowMs() - asked).toBeGreaterThanOrEqual(7_000);
    expect(lab.world.clock.nowMs() - asked).toBeLessThan(600_000);
    expect(lab.node().powerState).toBe("power on");
    expect(lab.node().lastError).toBe(
      "Failed to change power state to 'power off' by 'soft power off': Failed to set node power state to power off.",
    );
  });

  it("takes a new node from enroll to active and away again", async () => {
    const as = { as: "admin" };
    const node = { driver: "fake-hardware", name: "fake-0" };
    const made = await lab.send("POST", "/nodes", node, as);
    expect([made.status, made.body.provision_state]).toEqual([201, "enroll"]);
    const port = { node_uuid: made.body.uuid, address: "52:54:00:AA:BB:01" };
    expect((await lab.send("POST", "/ports", port, as)).body.address).toBe("52:54:00:aa:bb:01");
    expect((await lab.send("POST", "/ports", port, as)).status).toBe(409);
    const go = async (target: string, state: string) => {
      const asked = await lab.send("PUT", "/nodes/fake-0/states/provision", { target }, as);
      expect(asked.status).toBe(202);
      await lab.settled(state, "fake-0");
    };
    await go("manage", "manageable");
    await go("provide", "available");
    await go("active", "active");
    await go("deleted", "available");
    expect((await lab.send("DELETE", "/nodes/fake-0", undefined, as)).status).toBe(204);
    expect((await lab.get("/nodes/fake-0", as)).status).toBe(404);
    expect((await lab.get("/ports?address=52:54:00:aa:bb:01", as)).body.ports).toEqual([]);
  });

  it("lets a project see and change its own nodes only, and a reader see", async () => {
    await lab.lab.logIn("reader", "sandbox", "demo");
    expect(await names("", { as: "other" })).toEqual(["theirs"]);
    expect(await names("", { as: "admin" })).toEqual(["bm-0", "bm-1", "theirs"]);
    expect(await names("", { as: "reader" })).toEqual(["bm-0", "bm-1"]);
    expect((await lab.get("/nodes/theirs")).status).toBe(404);
    expect((await lab.provision("theirs", "deleted")).status).toBe(404);
    const reader = { as: "reader" };
    const denied = await lab.send(
      "PUT",
      "/nodes/bm-0/states/provision",
      { target: "deleted" },
      reader,
    );
    expect([denied.status, faultOf(denied)]).toEqual([
      403,
      "Access was denied to the following resource: baremetal:node:set_provision_state",
    ]);
    expect((await lab.send("PATCH", "/nodes/bm-0", [], reader)).status).toBe(403);
    const drivers = await lab.get("/drivers");
    expect([drivers.status, faultOf(drivers)]).toEqual([
      403,
      "Access was denied to the following resource: baremetal:driver:get",
    ]);
    expect((await lab.get("/nodes", { "x-auth-token": "wrong" })).body).toEqual({
      error: {
        code: 401,
        title: "Unauthorized",
        message: "The request you have made requires authentication.",
      },
    });
  });

  it("has no other paths", async () => {
    const answer = await lab.get("/nope");
    expect([answer.status, answer.body]).toEqual([
      404,
      { error_message: '{"code": 404, "title": "Not Found", "description": ""}' },
    ]);
  });
});

describe("an Ironic as released, without snapshots", () => {
  let lab: BareMetalLab;
  beforeEach(async () => {
    lab = await BareMetalLab.open(undefined, { snapshots: false });
  });
  afterEach(() => lab.close());
  const at = { [header]: "1.82" };

  it("ends at microversion 1.82, and knows neither the verb nor its argument", async () => {
    const { headers } = await lab.get("/nodes", { [header]: "latest" });
    expect(headers.get("x-openstack-ironic-api-maximum-version")).toBe("1.82");
    expect((await lab.get("/nodes")).status).toBe(406);
    const ask = (more: object) =>
      lab.send("PUT", "/nodes/bm-0/states/provision", { target: "snapshot", ...more }, at);
    const argument = await ask({ image_ref: "66498c26-a9b5-496c-97a8-5bc08f256155" });
    expect([argument.status, faultOf(argument)]).toEqual([400, "Unexpected arguments: image_ref"]);
    const verb = await ask({});
    expect([verb.status, faultOf(verb)]).toEqual([
      400,
      `The requested action "snapshot" can not be performed on node "${lab.node().uuid}" while it is in state "active".`,
    ]);
    expect((await lab.get("/nodes/bm-0", at)).body).not.toHaveProperty("snapshot_interface");
    const state = await lab.get("/nodes?provision_state=snapshotting", at);
    expect(faultOf(state)).toBe('Provision state "snapshotting" is not valid');
  });
});
