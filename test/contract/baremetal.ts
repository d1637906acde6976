import { randomBytes } from "node:crypto";
import { systemClock } from "../../common/clock";
import { waitFor } from "../../common/wait";
import { nodeFields, oldestFields, refusals, unknownId } from "./bareMetalAnswers";
import { BareMetalAccess, released, type BareMetalCloud } from "./BareMetalAccess";

const versionHeader = "x-openstack-ironic-api-version";
/** What one enables for nodes of the hardware type `fake-hardware`. */
const fakeHardware = {
  enabled_boot_interfaces: ["fake"],
  enabled_inspect_interfaces: ["fake", "no-inspect"],
  enabled_rescue_interfaces: ["fake", "no-rescue"],
  enabled_storage_interfaces: ["fake", "noop"],
};
const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

interface Node {
  uuid: string;
  provision_state: string;
  power_state: string | null;
  last_error: string | null;
  [field: string]: unknown;
}

/**
 * What a client of Ironic relies on, on a node of `fake-hardware` that it makes: the same text for the
 * sandbox and for a real Ironic.
 */
export function describeBareMetalContract(world: string, cloud: () => Promise<BareMetalCloud>) {
  describe(`bare-metal contract of ${world}`, () => {
    const name = `contract-bm-${randomBytes(4).toString("hex")}`;
    const mac = `52:54:00:${randomBytes(3).toString("hex").replace(/../g, "$&:").slice(0, -1)}`;
    const node = `/v1/nodes/${name}`;
    let admin: BareMetalAccess;
    let member: BareMetalAccess;
    let id = "";

    beforeAll(async () => {
      const users = await cloud();
      admin = await BareMetalAccess.open(users.admin);
      member = await BareMetalAccess.open(users.member);
    });

    const show = async () => (await admin.call("GET", node)).body as Node;
    const provision = (target: string, more: object = {}) =>
      admin.call("PUT", `${node}/states/provision`, { target, ...more });
    const reaches = async (state: string) => {
      await waitFor({
        what: `${name} to be ${state}`,
        observe: show,
        isDone: (seen) => seen.provision_state === state && seen["reservation"] === null,
        describe: (seen) => `${seen.provision_state} ${seen.last_error ?? ""}`,
        deadlineMs: 30_000,
        intervalMs: 100,
        clock: systemClock,
      });
    };
    /** Without what is different each time. */
    const plain = (value: unknown): unknown =>
      JSON.parse(
        JSON.stringify(value).replaceAll(admin.url, "URL").replaceAll(uuid, "UUID"),
      ) as unknown;
    const links = (path: string) => [
      { href: `URL/v1/${path}`, rel: "self" },
      { href: `URL/${path}`, rel: "bookmark" },
    ];

    test("its root and /v1 describe the one version, to who has no token too", async () => {
      const root = await admin.call("GET", "", undefined, "");
      expect(root.body).toMatchObject({
        name: "OpenStack Ironic API",
        default_version: { id: "v1", status: "CURRENT", min_version: "1.1" },
        versions: [{ id: "v1", links: [{ href: `${admin.url}/v1/`, rel: "self" }] }],
      });
      const { body, headers } = await admin.call("GET", "/v1/", undefined, "");
      expect(Object.keys(body as object)).toEqual([
        ...["id", "links", "media_types", "chassis", "nodes", "ports", "drivers", "version"],
      ]);
      expect(headers[versionHeader]).toBe("1.1");
      expect(headers["x-openstack-ironic-api-minimum-version"]).toBe("1.1");
    });

    test("a microversion that it does not speak is a 406 with the range", async () => {
      const { status, fault, headers } = await admin.call("GET", "/v1/nodes", undefined, "1.999");
      expect(status).toBe(406);
      expect(fault).toMatch(
        /^Version 1\.999 was requested but the minor version is not supported by this service\. The supported version range is: \[1\.1, 1\.\d+\]\.$/,
      );
      expect(headers["x-openstack-ironic-api-maximum-version"]).toMatch(/^1\.\d+$/);
    });

    test("an administrator makes a node and its port; they look like this", async () => {
      const wanted = { driver: "fake-hardware", name, resource_class: "baremetal" };
      const made = await admin.call("POST", "/v1/nodes", wanted);
      expect(made.status).toBe(201);
      id = (made.body as Node).uuid;
      expect(made.headers["location"]).toBe(`${admin.url}/v1/nodes/${id}`);
      expect(Object.keys(made.body as object)).toEqual(nodeFields);
      expect(plain(made.body)).toMatchObject({
        ...{ provision_state: "enroll", power_state: null, target_provision_state: null },
        ...{ deploy_interface: "fake", network_interface: "noop", properties: {}, extra: {} },
        ...{ maintenance: false, reservation: null, last_error: null, updated_at: null },
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/) as string,
        links: links("nodes/UUID"),
        states: links("nodes/UUID/states"),
      });
      const port = await admin.call("POST", "/v1/ports", {
        node_uuid: id,
        address: mac.toUpperCase(),
      });
      expect([port.status, plain(port.body)]).toEqual([
        201,
        {
          ...{ uuid: "UUID", updated_at: null, address: mac, extra: {}, internal_info: {} },
          ...{ created_at: expect.any(String) as string, is_smartnic: false },
          ...{ local_link_connection: {}, physical_network: null, pxe_enabled: true },
          ...{ node_uuid: "UUID", links: links("ports/UUID"), portgroup_uuid: null },
        },
      ]);
    });

    test("it is listed short and in detail, by name, state and MAC, page by page", async () => {
      const short = {
        ...{ uuid: "UUID", instance_uuid: null, maintenance: false, power_state: null },
        ...{ provision_state: "enroll", name, links: links("nodes/UUID") },
      };
      const first = await admin.call("GET", "/v1/nodes?provision_state=enroll&limit=1000");
      expect(plain(first.body)).toMatchObject({
        nodes: expect.arrayContaining([short]) as unknown,
      });
      const page = await admin.call("GET", "/v1/nodes?limit=1");
      expect(plain((page.body as { next: string }).next)).toBe(
        "URL/v1/nodes?sort_key=id&sort_dir=asc&fields=instance_uuid,maintenance,power_state,provision_state,uuid,name&limit=1&marker=UUID",
      );
      const fields = await admin.call("GET", `${node}?fields=uuid,name`);
      expect(plain(fields.body)).toEqual({ uuid: "UUID", name, links: links("nodes/UUID") });
      for (const path of [
        `/v1/nodes/${id}/ports/detail`,
        `/v1/ports/detail?node=${name}`,
        `/v1/ports/detail?node_uuid=${id}`,
        `/v1/ports/detail?address=${mac}`,
      ]) {
        const { body } = await admin.call("GET", path);
        expect(body).toMatchObject({ ports: [{ address: mac, node_uuid: id }] });
      }
      const ports = await admin.call("GET", `/v1/nodes/${id}/ports`);
      expect(plain(ports.body)).toEqual({
        ports: [{ uuid: "UUID", address: mac, links: links("ports/UUID") }],
      });
      // Below a node's name there are none: Ironic looks for a portgroup.
      const { status, fault } = await admin.call("GET", `${node}/ports`);
      expect([status, fault]).toEqual([404, "Portgroup None could not be found."]);
    });

    test("an older microversion shows less of it", async () => {
      const { body } = await admin.call("GET", `/v1/nodes/${id}`, undefined, "1.1");
      expect(Object.keys(body as object)).toEqual(oldestFields);
    });

    test.each(refusals)("%s %s %j is a %d", async (method, path, body, status, fault) => {
      const answer = await admin.call(method, path.replace("NODE", node), body);
      const said = answer.fault.replace(id, "UUID").replace(`"${name}"`, '"NAME"');
      expect([answer.status, said]).toEqual([status, fault]);
    });

    test("a patch is applied, and answers with the node", async () => {
      const patch = [
        { op: "add", path: "/extra/rack", value: "4" },
        { op: "add", path: "/instance_info/image_source", value: unknownId },
      ];
      const { status, body } = await admin.call("PATCH", node, patch);
      expect(status).toBe(200);
      expect(body).toMatchObject({
        extra: { rack: "4" },
        instance_info: { image_source: unknownId },
      });
      expect(Object.keys(body as object)).toEqual(nodeFields);
    });

    test("it goes from enroll over manageable and available to active", async () => {
      const asked = await provision("manage");
      expect([asked.status, asked.body]).toEqual([202, ""]);
      expect(asked.headers["location"]).toBe(`${admin.url}${node}/states`);
      await reaches("manageable");
      await provision("provide");
      await reaches("available");
      await provision("active");
      await reaches("active");
      const { body } = await admin.call("GET", `${node}/states`);
      expect(body).toEqual({
        ...{ console_enabled: false, last_error: null, target_provision_state: null },
        ...{ provision_state: "active", target_power_state: null, raid_config: {} },
        ...{ target_raid_config: {}, boot_mode: null, secure_boot: null },
        // A fake deployment touches no power.
        power_state: null,
        provision_updated_at: expect.stringMatching(/\+00:00$/) as string,
      });
    });

    test("an active node is not deployed, provided or aborted", async () => {
      for (const target of ["active", "provide", "abort"]) {
        const { status, fault } = await provision(target);
        expect([status, fault]).toEqual([
          400,
          `The requested action "${target}" can not be performed on node "${id}" while it is in state "active".`,
        ]);
      }
    });

    test("in maintenance it is not rebuilt", async () => {
      const reason = { reason: "fan" };
      expect((await admin.call("PUT", `${node}/maintenance`, reason)).status).toBe(202);
      expect(await show()).toMatchObject({ maintenance: true, maintenance_reason: "fan" });
      const { status, fault } = await provision("rebuild");
      expect([status, fault]).toEqual([
        400,
        `The provisioning operation can't be performed on node ${id} because it's in maintenance mode.`,
      ]);
      expect((await admin.call("DELETE", `${node}/maintenance`)).status).toBe(202);
      expect(await show()).toMatchObject({ maintenance: false, maintenance_reason: null });
    });

    test("its power is switched", async () => {
      for (const target of ["power off", "power on"]) {
        const asked = await admin.call("PUT", `${node}/states/power`, { target });
        expect(asked.status).toBe(202);
        await reaches("active");
        expect((await show()).power_state).toBe(target);
      }
    });

    test("its interfaces and its driver are described", async () => {
      const { body } = await admin.call("GET", `${node}/validate`);
      expect(Object.entries(body as object)).toEqual(
        [
          ...["boot", "deploy", "management", "network", "power", "bios", "console", "inspect"],
          ...["raid", "rescue", "storage"],
        ].map((kind) => [kind, { result: true }]),
      );
      const driver = await admin.call("GET", "/v1/drivers/fake-hardware");
      expect(plain(driver.body)).toMatchObject({
        ...{ name: "fake-hardware", type: "dynamic", links: links("drivers/fake-hardware") },
        default_deploy_interface: "fake",
      });
      // Ironic gathers what is enabled in sets: their order changes from one start to the next.
      const enabled = driver.body as Record<string, string[]>;
      for (const [kind, interfaces] of Object.entries(fakeHardware)) {
        expect(enabled[kind]?.toSorted()).toEqual(interfaces);
      }
    });

    test(`no Ironic knows the verb snapshot at ${released}, nor changes anything for it`, async () => {
      const { status } = await provision("snapshot", { image_ref: unknownId });
      expect([400, 406]).toContain(status);
      expect(await show()).toMatchObject({ provision_state: "active", last_error: null });
    });

    test("a member of another project neither sees nor changes it, nor makes one", async () => {
      const denied = (rule: string) => `Access was denied to the following resource: ${rule}`;
      const missing = `Node ${id} could not be found.`;
      const by = `/v1/nodes/${id}`;
      const driver = { driver: "fake-hardware" };
      const answers = [
        await member.call("GET", by),
        await member.call("PUT", `${by}/states/provision`, { target: "deleted" }),
        await member.call("GET", "/v1/drivers"),
        await member.call("POST", "/v1/nodes", driver),
      ];
      expect(answers.map(({ status, fault }) => [status, fault])).toEqual([
        [404, missing],
        [404, missing],
        [403, denied("baremetal:driver:get")],
        [403, denied("baremetal:node:create")],
      ]);
      const { body } = await member.call("GET", "/v1/nodes");
      expect(JSON.stringify(body)).not.toContain(name);
    });

    test("it is undeployed and deleted, its port with it", async () => {
      expect((await admin.call("DELETE", node)).status).toBe(409);
      await provision("deleted");
      await reaches("available");
      expect(await show()).toMatchObject({ instance_info: {}, instance_uuid: null });
      const gone = await admin.call("DELETE", node);
      expect([gone.status, gone.body]).toEqual([204, ""]);
      const ports = await admin.call("GET", `/v1/ports?address=${mac}`);
      expect(ports.body).toEqual({ ports: [] });
    });

    afterAll(async () => {
      // What a failed test left.
      if (id === "") return;
      if ((await admin.call("GET", node)).status === 404) return;
      await admin.call("PUT", `${node}/maintenance`, {});
      await admin.call("DELETE", node);
    });
  });
}
