/* eslint-disable @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-argument, @typescript-eslint/no-unsafe-return -- raw answers are what is tested */
import { Lab } from "./client";

const isoImage = /^[0-9a-f-]{36}$/;

describe("Nova", () => {
  let lab: Lab;
  beforeEach(async () => {
    lab = await Lab.open();
  });
  afterEach(() => lab.close());

  const states = async (id: string) => {
    const server = await lab.server(id);
    return [server.status, server["OS-EXT-STS:task_state"], server["OS-EXT-STS:power_state"]];
  };
  const console = async (id: string): Promise<string[]> => {
    const { body } = await lab.action(id, "os-getConsoleOutput", {});
    return (body.output as string).split("\n").slice(0, -1);
  };

  it("builds a server step by step, with the port that it was given", async () => {
    const { networkId, subnetId } = await lab.network();
    const port = await lab.port(networkId, {
      mac_address: "fa:16:9e:81:f6:05",
      fixed_ips: [{ subnet_id: subnetId, ip_address: "192.168.32.254" }],
    });
    const server = {
      name: "controller",
      imageRef: lab.imageId("hotstack-controller"),
      flavorRef: lab.flavorId("hotstack.small"),
      networks: [{ port: port.id }],
      config_drive: true,
    };
    const { status, body } = await lab.call("POST", "/compute/v2.1/servers", { server });
    expect(status).toBe(202);
    const id: string = body.server.id;
    expect(await states(id)).toEqual(["BUILD", "scheduling", 0]);
    lab.world.clock.advance(4_000);
    expect(await states(id)).toEqual(["BUILD", "spawning", 0]);
    lab.world.clock.advance(4_000);
    expect(await states(id)).toEqual(["ACTIVE", null, 1]);
    expect((await lab.server(id)).addresses).toEqual({
      machine: [
        {
          version: 4,
          addr: "192.168.32.254",
          "OS-EXT-IPS:type": "fixed",
          "OS-EXT-IPS-MAC:mac_addr": "fa:16:9e:81:f6:05",
        },
      ],
    });
    lab.world.clock.advance(12_000);
    expect(await console(id)).toEqual([
      "oscloud: BOOT name=controller count=1 macs=fa:16:9e:81:f6:05 ",
      expect.stringMatching(/^oscloud: MARKER [a-z]+-[0-9a-f]{6}$/),
      "oscloud: disks vda ",
      "oscloud: READY",
      "oscloud: dhcp eth0 192.168.32.254",
      "oscloud: metadata hostname=controller.novalocal",
    ]);
    const wired = (await lab.get(`/network/v2.0/ports/${port.id}`)).body.port;
    expect([wired.device_id, wired.device_owner, wired.status]).toEqual([
      id,
      "compute:nova",
      "ACTIVE",
    ]);
  });

  it("stops a guest gracefully in its own time, and starts it again as the same disk", async () => {
    const id = await lab.boot("w");
    const events: string[] = [];
    lab.world.onGuestEvent((event) => {
      events.push(event.type + ("graceful" in event ? ` graceful=${event.graceful}` : ""));
    });
    expect((await lab.action(id, "os-stop")).status).toBe(202);
    expect(await states(id)).toEqual(["ACTIVE", "powering-off", 1]);
    expect((await console(id)).at(-1)).toBe("oscloud: POWERBUTTON, halting");
    lab.world.clock.advance(5_000);
    expect(await states(id)).toEqual(["SHUTOFF", null, 4]);
    expect(await lab.action(id, "os-getConsoleOutput", {})).toMatchObject({
      status: 404,
      body: { itemNotFound: { code: 404, message: "Guest does not have a console available." } },
    });
    await lab.action(id, "os-start");
    lab.world.clock.advance(13_000);
    expect((await console(id))[0]).toBe("oscloud: BOOT name=w count=2 macs=");
    expect(events).toEqual(["stopping", "stopped graceful=true", "booted"]);
  });

  it("pulls the plug of a guest that ignores the power button after a minute", async () => {
    lab.world.faults.add({
      match: { action: "os-stop", name: "stubborn" },
      then: { effect: "ignoresAcpi" },
    });
    const id = await lab.boot("stubborn");
    await lab.action(id, "os-stop");
    lab.world.clock.advance(59_000);
    expect((await states(id))[1]).toBe("powering-off");
    lab.world.clock.advance(1_000);
    expect(await states(id)).toEqual(["SHUTOFF", null, 4]);
    expect(lab.world.guests()[0]?.lastStopGraceful).toBe(false);
  });

  it("notices when a guest shuts itself down", async () => {
    const id = await lab.boot("w");
    expect(lab.world.powerOffFromInside(id)).toBe(true);
    lab.world.clock.advance(5_000);
    expect(await states(id)).toEqual(["SHUTOFF", null, 4]);
    expect(lab.world.guests()[0]?.lastStopGraceful).toBe(true);
    expect(lab.world.powerOffFromInside(id)).toBe(false);
  });

  it("captures a disk through all the states, and boots it again where it was", async () => {
    const id = await lab.boot("w");
    const [guest] = lab.world.guests();
    if (guest !== undefined) guest.disk.content.files["/etc/proof"] = "kept";
    await lab.action(id, "os-stop");
    lab.world.clock.advance(5_000);
    const metadata = { snapset_id: "abc" };
    const made = await lab.action(id, "createImage", { name: "i", metadata });
    expect(made).toMatchObject({
      status: 202,
      body: { image_id: expect.stringMatching(isoImage) },
    });
    const imageId: string = made.body.image_id;
    const seen = async () => {
      const { body } = await lab.get(`/image/v2/images/${imageId}`);
      return [body.status, (await lab.server(id))["OS-EXT-STS:task_state"], body.snapset_id];
    };
    expect(await seen()).toEqual(["queued", "image_snapshot_pending", "abc"]);
    lab.world.clock.advance(100);
    expect(await seen()).toEqual(["queued", "image_snapshot", "abc"]);
    lab.world.clock.advance(1_000);
    expect(await seen()).toEqual(["queued", "image_pending_upload", "abc"]);
    lab.world.clock.advance(11_000);
    expect(await seen()).toEqual(["saving", "image_uploading", "abc"]);
    lab.world.clock.advance(18_000);
    expect(await seen()).toEqual(["active", null, "abc"]);
    const restored = await lab.boot("again", { image: imageId });
    expect((await console(restored))[0]).toBe("oscloud: BOOT name=w count=2 macs=");
    expect(lab.world.guests()[1]?.disk.content.files["/etc/proof"]).toBe("kept");
  });

  it("refuses a second image and a stop while the first is being made", async () => {
    const id = await lab.boot("w");
    await lab.action(id, "createImage", { name: "one" });
    expect(await lab.action(id, "createImage", { name: "two" })).toMatchObject({
      status: 409,
      body: {
        conflictingRequest: {
          code: 409,
          message: `Cannot 'createImage' instance ${id} while it is in task_state image_snapshot_pending`,
        },
      },
    });
    expect((await lab.action(id, "os-stop")).body.conflictingRequest.message).toBe(
      `Cannot 'stop' instance ${id} while it is in task_state image_snapshot_pending`,
    );
  });

  it("lets an image inherit its base image's properties, cut, but not its tags", async () => {
    const source = await lab.boot("w");
    const first = await lab.action(source, "createImage", {
      name: "first",
      metadata: { snapset_id: "old" },
    });
    lab.world.clock.advance(60_000);
    await lab.patchImage(first.body.image_id, [
      { op: "add", path: "/long", value: "x".repeat(300) },
      { op: "replace", path: "/tags", value: ["hotstack"] },
    ]);
    const restored = await lab.boot("again", { image: first.body.image_id });
    const second = await lab.action(restored, "createImage", { name: "second" });
    const { body } = await lab.get(`/image/v2/images/${second.body.image_id}`);
    expect(body.snapset_id).toBe("old");
    expect(body.long).toBe("x".repeat(255));
    expect(body.tags).toEqual([]);
    expect(body.base_image_ref).toBe(first.body.image_id);
    expect(body.instance_uuid).toBe(restored);
  });

  it("runs five snapshots per host at a time; the sixth waits", async () => {
    const ids: string[] = [];
    for (let n = 0; n < 6; n += 1) ids.push(await lab.boot(`w${n}`));
    for (const id of ids) await lab.action(id, "createImage", { name: id });
    lab.world.clock.advance(1_000);
    const tasks = async () =>
      Promise.all(ids.map(async (id) => (await lab.server(id))["OS-EXT-STS:task_state"]));
    expect(await tasks()).toEqual([
      ...Array<string>(5).fill("image_pending_upload"),
      "image_snapshot_pending",
    ]);
    lab.world.clock.advance(30_000);
    expect(await tasks()).toEqual([...Array<null>(5).fill(null), "image_pending_upload"]);
  });

  it.each([
    ["imageVanishes", 404, undefined, null],
    ["imageStuckQueued", 200, "queued", null],
    ["imageStuckSaving", 200, "saving", "image_uploading"],
  ] as const)("fails a snapshot as told: %s", async (effect, status, imageStatus, task) => {
    lab.world.faults.add({ match: { action: "createImage" }, then: { effect } });
    const id = await lab.boot("w");
    const { body } = await lab.action(id, "createImage", { name: "i" });
    lab.world.clock.advance(600_000);
    const image = await lab.get(`/image/v2/images/${body.image_id}`);
    expect([image.status, image.body.status]).toEqual([status, imageStatus]);
    expect((await lab.server(id))["OS-EXT-STS:task_state"]).toBe(task);
  });

  it("takes the image with it when a server is deleted while it is imaged", async () => {
    const id = await lab.boot("w");
    const { body } = await lab.action(id, "createImage", { name: "i" });
    lab.world.clock.advance(1_000);
    await lab.call("DELETE", `/compute/v2.1/servers/${id}`);
    lab.world.clock.advance(60_000);
    expect((await lab.get(`/compute/v2.1/servers/${id}`)).body).toEqual({
      itemNotFound: { code: 404, message: `Instance ${id} could not be found.` },
    });
    expect((await lab.get(`/image/v2/images/${body.image_id}`)).status).toBe(404);
  });

  it("snapshots every volume of a volume-backed server and makes an empty image", async () => {
    const image = lab.imageId("hotstack-controller");
    const server = {
      name: "v",
      flavorRef: lab.flavorId("hotstack.small"),
      networks: "none",
      block_device_mapping_v2: [
        {
          boot_index: 0,
          uuid: image,
          source_type: "image",
          destination_type: "volume",
          volume_size: 2,
        },
        { boot_index: -1, source_type: "blank", destination_type: "volume", volume_size: 1 },
      ],
    };
    const headers = { "x-openstack-nova-api-version": "2.93" };
    const made = await lab.call("POST", "/compute/v2.1/servers", { server }, headers);
    lab.world.clock.advance(20_000);
    const answer = await lab.action(made.body.server.id, "createImage", { name: "i" });
    const { body } = await lab.get(`/image/v2/images/${answer.body.image_id}`);
    expect([body.status, body.size]).toEqual(["active", 0]);
    expect(JSON.parse(body.block_device_mapping)).toHaveLength(2);
    expect(lab.world.volumes.snapshots().map((snapshot) => snapshot.status)).toEqual([
      "creating",
      "creating",
    ]);
  });

  it("deletes a server: ports become free, volumes go or stay as declared", async () => {
    const { networkId } = await lab.network();
    const port = await lab.port(networkId);
    const volumes: string[] = [];
    for (const name of ["kept", "gone"]) {
      const volume = { size: 1, name };
      volumes.push((await lab.volume(volume)).id);
    }
    const mapping = volumes.map((uuid, index) => ({
      boot_index: -1,
      uuid,
      source_type: "volume",
      destination_type: "volume",
      delete_on_termination: index === 1,
    }));
    const server = {
      name: "w",
      imageRef: lab.imageId("hotstack-controller"),
      flavorRef: lab.flavorId("hotstack.small"),
      networks: [{ port: port.id }],
      block_device_mapping_v2: mapping,
    };
    const { body } = await lab.call("POST", "/compute/v2.1/servers", { server });
    lab.world.clock.advance(20_000);
    expect(lab.world.volumes.all().map(({ status }) => status)).toEqual(["in-use", "in-use"]);
    const again = await lab.call("POST", "/compute/v2.1/servers", { server });
    expect(again).toMatchObject({ status: 400 });
    expect((await lab.call("DELETE", `/compute/v2.1/servers/${body.server.id}`)).status).toBe(204);
    lab.world.clock.advance(2_000);
    const freed = (await lab.get(`/network/v2.0/ports/${port.id}`)).body.port;
    expect([freed.device_id, freed.device_owner, freed.status]).toEqual(["", "", "DOWN"]);
    expect(lab.world.volumes.all().map(({ name, status }) => [name, status])).toEqual([
      ["kept", "available"],
    ]);
  });

  it.each([
    [{}, "Invalid input for field/attribute server. Value: {}. 'name' is a required property"],
    [{ name: "x", flavorRef: "nope", networks: "none" }, "Flavor nope could not be found."],
    [
      { name: "x", flavorRef: "1", imageRef: "nope" },
      "Invalid input for field/attribute imageRef. Value: nope. 'nope' is not valid under any of the given schemas",
    ],
    [
      { name: "x", flavorRef: "1", foo: 1 },
      "Invalid input for field/attribute server. Value: {'name': 'x', 'flavorRef': '1', 'foo': 1}. Additional properties are not allowed ('foo' was unexpected)",
    ],
  ])("refuses the server %j", async (server, message) => {
    const answer = await lab.call("POST", "/compute/v2.1/servers", { server });
    expect(answer).toMatchObject({ status: 400, body: { badRequest: { code: 400, message } } });
    expect(lab.world.compute.servers.all()).toEqual([]);
  });

  it("knows its microversions", async () => {
    const old = await lab.get("/compute/v2.1/servers");
    expect(old.headers.get("x-openstack-nova-api-version")).toBe("2.1");
    const ask = (version: string) =>
      lab.get("/compute/v2.1/servers", { "x-openstack-nova-api-version": version });
    expect((await ask("2.93")).headers.get("openstack-api-version")).toBe("compute 2.93");
    expect((await ask("2.99")).body).toEqual({
      computeFault: {
        code: 406,
        message: "Version 2.99 is not supported by the API. Minimum is 2.1 and maximum is 2.93.",
      },
    });
    expect((await ask("bad")).body.badRequest.message).toBe(
      "API Version String bad is of invalid format. Must be of format MajorNum.MinorNum.",
    );
    const id = await lab.boot("w");
    const answer = await lab.action(id, "createImage", { name: "i" }, "2.1");
    expect(answer.body).toBe("");
    expect(answer.headers.get("location")).toMatch(/\/image\/images\/[0-9a-f-]{36}$/);
  });

  it("says of an unknown server what the real one says, action by action", async () => {
    const id = "00000000-0000-4000-8000-000000000000";
    const message = async (action: string, input: unknown) =>
      (await lab.action(id, action, input)).body.itemNotFound.message;
    expect(await message("os-stop", null)).toBe(`Instance ${id} has no mapping to a cell.`);
    expect(await message("createImage", { name: "i" })).toBe(`Instance ${id} could not be found.`);
  });

  it("refuses a console length that is no number", async () => {
    const id = await lab.boot("w");
    expect((await lab.action(id, "os-getConsoleOutput", { length: "x" })).status).toBe(400);
    expect((await lab.action(id, "os-getConsoleOutput", { length: "2" })).body.output).toBe(
      "oscloud: READY\noscloud: metadata hostname=w.novalocal\n",
    );
  });

  it("keeps servers of other projects to themselves", async () => {
    const id = await lab.boot("w");
    expect((await lab.get(`/compute/v2.1/servers/${id}`, { as: "other" })).status).toBe(404);
    expect((await lab.get("/compute/v2.1/servers", { as: "other" })).body.servers).toEqual([]);
  });

  it("pages by limit and marker", async () => {
    for (const name of ["a", "b", "c"]) await lab.boot(name);
    const first = (await lab.get("/compute/v2.1/servers?limit=2")).body;
    expect(first.servers.map((server: { name: string }) => server.name)).toEqual(["c", "b"]);
    const next = new URL(first.servers_links[0].href as string);
    const second = (await lab.get(next.pathname + next.search)).body;
    expect(second.servers.map((server: { name: string }) => server.name)).toEqual(["a"]);
    expect(second.servers_links).toBeUndefined();
  });

  it("puts a server that finds no host into ERROR, saying why", async () => {
    lab.world.faults.add({
      match: { action: "createServer", name: "w" },
      then: { effect: "bootFails" },
    });
    const id = await lab.boot("w");
    const server = await lab.server(id);
    expect([server.status, server.fault.message]).toEqual([
      "ERROR",
      "No valid host was found. There are not enough hosts available.",
    ]);
    expect((await lab.action(id, "createImage", { name: "i" })).body).toEqual({
      conflictingRequest: {
        code: 409,
        message: `Cannot 'createImage' instance ${id} while it is in vm_state error`,
      },
    });
  });
});
