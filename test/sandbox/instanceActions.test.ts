/* eslint-disable @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-member-access -- raw answers are what is tested */
import { Lab } from "./client";

describe("what was done with a server", () => {
  let lab: Lab;
  let server: string;
  beforeEach(async () => {
    lab = await Lab.open({ hosts: 2 });
    server = await lab.boot("w");
  });
  afterEach(() => lab.close());

  const actions = async (version = "2.45") => {
    const path = `/compute/v2.1/servers/${server}/os-instance-actions`;
    const headers = { "x-openstack-nova-api-version": version };
    return (await lab.get(path, headers)) as { status: number; body: Body };
  };
  interface Body {
    instanceActions: { action: string; request_id: string; start_time: string; message: unknown }[];
  }
  const names = async () => (await actions()).body.instanceActions.map(({ action }) => action);

  it("is told with time, user and request, the newest first", async () => {
    lab.world.clock.advance(60_000);
    const { headers } = await lab.action(server, "os-stop");
    const [latest] = (await actions()).body.instanceActions;
    const user = lab.world.identity.logIn({ name: "demo" }, "sandbox", undefined).user;
    const requestId = headers.get("x-openstack-request-id") ?? "";
    expect(latest).toEqual({
      action: "stop",
      instance_uuid: server,
      request_id: requestId,
      user_id: user.id,
      project_id: user.projectId,
      start_time: `${lab.world.clock.now().toISOString().slice(0, 19)}.000000`,
      message: null,
    });
    const one = `/compute/v2.1/servers/${server}/os-instance-actions/${requestId}`;
    expect((await lab.get(one)).body).toEqual({ instanceAction: latest });
  });

  it("includes volumes and ports that come and go, and what was refused does not count", async () => {
    const { id } = await lab.volume({ size: 1 });
    const path = `/compute/v2.1/servers/${server}/os-volume_attachments`;
    await lab.call("POST", path, { volumeAttachment: { volumeId: id } });
    lab.world.clock.advance(1_000);
    await lab.call("DELETE", `${path}/${id}`);
    const { networkId } = await lab.network();
    const body = { interfaceAttachment: { net_id: networkId } };
    const ports = `/compute/v2.1/servers/${server}/os-interface`;
    const port = (await lab.call("POST", ports, body)).body.interfaceAttachment.port_id as string;
    await lab.call("DELETE", `${ports}/${port}`);
    await lab.action(server, "lock");
    expect((await lab.action(server, "os-start")).status).toBe(409);
    expect(await names()).toEqual([
      "lock",
      "detach_interface",
      "attach_interface",
      "detach_volume",
      "attach_volume",
      "create",
    ]);
  });

  it("outlives the server", async () => {
    await lab.call("DELETE", `/compute/v2.1/servers/${server}`);
    lab.world.clock.advance(2_000);
    expect(await names()).toEqual(["delete", "create"]);
    expect((await actions("2.20")).status).toBe(404);
  });

  it("moves `updated` on with every state and task", async () => {
    const seen = new Set<unknown>();
    const look = async () => seen.add((await lab.server(server)).updated);
    await look();
    lab.world.clock.advance(3_000);
    await look();
    expect(seen.size).toBe(1);
    await lab.action(server, "createImage", { name: "i" });
    await look();
    for (const ms of [1_000, 12_000, 20_000]) {
      lab.world.clock.advance(ms);
      await look();
    }
    // Asked for, uploading, done: what lies between is within one second.
    expect(seen.size).toBe(4);
  });

  it("goes to the hosts in turn, which a project can tell apart", async () => {
    const ids = [server, await lab.boot("x"), await lab.boot("y")];
    const hosts = await Promise.all(ids.map(async (id) => (await lab.server(id)).hostId as string));
    expect(hosts[0]).toMatch(/^[0-9a-f]{56}$/);
    expect(hosts[2]).toBe(hosts[0]);
    expect(hosts[1]).not.toBe(hosts[0]);
  });
});
