/* eslint-disable @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-argument, @typescript-eslint/no-unsafe-return -- raw answers are what is tested */
import { callerOf } from "../../sandbox/world/identity";
import { Lab } from "./client";

describe("Cinder", () => {
  let lab: Lab;
  let base: string;
  beforeEach(async () => {
    lab = await Lab.open();
    base = `/volume/v3/${lab.world.identity.project("demo").id}`;
  });
  afterEach(() => lab.close());

  it("makes a volume in its time, and a snapshot that keeps it from being deleted", async () => {
    const made = await lab.call("POST", `${base}/volumes`, { volume: { size: 1, name: "v" } });
    expect(made).toMatchObject({ status: 202, body: { volume: { status: "creating", size: 1 } } });
    const path = `${base}/volumes/${made.body.volume.id}`;
    const snapshot = { volume_id: made.body.volume.id, name: "s" };
    expect((await lab.call("POST", `${base}/snapshots`, { snapshot })).status).toBe(400);
    lab.world.clock.advance(2_000);
    expect((await lab.get(path)).body.volume.status).toBe("available");
    const taken = await lab.call("POST", `${base}/snapshots`, { snapshot });
    expect(taken).toMatchObject({ status: 202, body: { snapshot: { status: "creating" } } });
    expect((await lab.call("DELETE", path)).status).toBe(400);
    lab.world.clock.advance(5_000);
    await lab.call("DELETE", `${base}/snapshots/${taken.body.snapshot.id}`);
    lab.world.clock.advance(1_000);
    expect((await lab.call("DELETE", path)).status).toBe(202);
    lab.world.clock.advance(1_000);
    expect((await lab.get(path)).body).toEqual({
      itemNotFound: { code: 404, message: `Volume ${made.body.volume.id} could not be found.` },
    });
  });

  it("fails a snapshot of a volume whose server Nova is busy with, as the NFS driver does", async () => {
    const caller = callerOf(lab.world.identity.logIn({ name: "demo" }, "sandbox", undefined));
    const [server] = lab.world.addFleet({ count: 1 });
    const volume = lab.world.volumes.create(caller, { size: 1, name: "v" });
    lab.world.clock.advance(5_000);
    lab.world.somebody.attachVolume(server?.id ?? "", volume.id);
    lab.world.clock.advance(5_000);
    lab.world.somebody.createImage(server?.id ?? "", "busy");
    const snapshot = { volume_id: volume.id, name: "s", force: true };
    const taken = await lab.call("POST", `${base}/snapshots`, { snapshot });
    lab.world.clock.advance(5_000);
    const path = `${base}/snapshots/${taken.body.snapshot.id}`;
    expect((await lab.get(path)).body.snapshot.status).toBe("error");
  });

  it.each([
    [
      { volume: { size: 0 } },
      400,
      "Invalid input for field/attribute size. Value: 0. 0 is less than the minimum of 1",
    ],
    [
      { volume: { size: "a" } },
      400,
      "Invalid input for field/attribute size. Value: a. 'a' does not match '^[0-9]+$'",
    ],
    [{}, 400, "'volume' is a required property"],
    [
      { volume: { size: 1, imageRef: "nope" } },
      400,
      "Invalid image identifier or unable to access requested image.",
    ],
    [
      { volume: { size: 1, volume_type: "nope" } },
      404,
      "Volume type with name nope could not be found.",
    ],
  ])("refuses %j", async (body, status, message) => {
    const answer = await lab.call("POST", `${base}/volumes`, body);
    const kind = status === 404 ? "itemNotFound" : "badRequest";
    expect([answer.status, answer.body]).toEqual([status, { [kind]: { code: status, message } }]);
    expect(lab.world.volumes.all()).toEqual([]);
  });

  const attached = (uuid: string) => ({ boot_index: -1, uuid, source_type: "volume" });
  const snapshotOf = (volume_id: string, more: object = {}) =>
    lab.call("POST", `${base}/snapshots`, { snapshot: { volume_id, ...more } });
  const disks = async (id: string) =>
    (await lab.console(id)).filter((line) => /MARKER|DISK|BOOT/.test(line));

  it("has guests write on their data volumes at each boot, and say so disk by disk", async () => {
    const [b, c] = [await lab.volume({ size: 1 }), await lab.volume({ size: 1 })];
    const id = await lab.boot("w", { blockDevices: [attached(b.id), attached(c.id)] });
    const first = await disks(id);
    expect(first).toEqual([
      "oscloud: BOOT name=w count=1 macs=",
      expect.stringMatching(/^oscloud: MARKER [a-z]+-[0-9a-f]{6}$/),
      expect.stringMatching(/^oscloud: DISK vdb count=1 marker=[a-z]+-[0-9a-f]{6}$/),
      expect.stringMatching(/^oscloud: DISK vdc count=1 marker=[a-z]+-[0-9a-f]{6}$/),
    ]);
    await lab.action(id, "reboot", { type: "HARD" });
    lab.world.clock.advance(20_000);
    const again = (text: string | undefined) => text?.replace("count=1", "count=2");
    expect(await disks(id)).toEqual(first.map(again));
  });

  it("keeps what was on the volume when the snapshot was asked for, and nothing later", async () => {
    const volume = await lab.volume({ size: 1, name: "data" });
    const id = await lab.boot("w", { blockDevices: [attached(volume.id)] });
    const marker = (await disks(id)).at(-1)?.split("marker=")[1] ?? "";
    expect((await snapshotOf(volume.id)).status).toBe(400);
    const { body } = await snapshotOf(volume.id, { force: true });
    await lab.action(id, "reboot", { type: "HARD" });
    lab.world.clock.advance(20_000);
    expect((await disks(id)).at(-1)).toBe(`oscloud: DISK vdb count=2 marker=${marker}`);
    const copy = await lab.volume({ snapshot_id: body.snapshot.id });
    const restored = await lab.boot("x", { blockDevices: [attached(copy.id)] });
    expect((await disks(restored)).at(-1)).toBe(`oscloud: DISK vdb count=2 marker=${marker}`);
  });

  const rootOf = (source: object) => [
    { boot_index: 0, destination_type: "volume", volume_size: 1, ...source },
  ];
  const fromImage = () =>
    rootOf({ source_type: "image", uuid: lab.imageId("hotstack-controller") });

  it("is the disk of a server that boots from a volume, through snapshot and restore", async () => {
    const id = await lab.boot("v", { image: "", blockDevices: fromImage() });
    const [, marker] = await disks(id);
    const [root] = lab.world.volumes.all();
    expect(root?.content.bootCount).toBe(1);
    expect((await lab.get(`${base}/volumes/${root?.id ?? ""}`)).body.volume).toMatchObject({
      bootable: "true",
      volume_image_metadata: {
        image_id: lab.imageId("hotstack-controller"),
        hw_disk_bus: "virtio",
      },
    });
    const taken = await snapshotOf(root?.id ?? "", { force: true });
    lab.world.clock.advance(5_000);
    const source = { source_type: "snapshot", uuid: taken.body.snapshot.id };
    const restored = await lab.boot("w", { image: "", blockDevices: rootOf(source) });
    expect(await disks(restored)).toEqual(["oscloud: BOOT name=v count=2 macs=", marker]);
    expect((await lab.server(restored)).image).toBe("");
  });

  it("comes back as all its volumes from the image that Nova makes of such a server", async () => {
    const data = await lab.volume({ size: 1 });
    const devices = [...fromImage(), attached(data.id)];
    const id = await lab.boot("v", { image: "", blockDevices: devices });
    const before = await disks(id);
    const { body } = await lab.action(id, "createImage", { name: "i" });
    const image = (await lab.get(`/image/v2/images/${body.image_id}`)).body;
    expect(image).toMatchObject({
      size: 0,
      status: "active",
      disk_format: "qcow2",
      bdm_v2: "True",
    });
    expect(image.instance_uuid).toBeUndefined();
    lab.world.clock.advance(5_000);
    const restored = await lab.boot("w", { image: body.image_id });
    const again = (text: string) => text.replace("count=1", "count=2");
    expect(await disks(restored)).toEqual(before.map(again));
  });

  it("says when the quota for snapshots is used up, in Cinder's words and in Nova's", async () => {
    const volume = await lab.volume({ size: 1 });
    const projectId = lab.world.identity.project("demo").id;
    lab.world.quotas["snapshots"] = 1;
    expect((await snapshotOf(volume.id)).status).toBe(202);
    const refused = await snapshotOf(volume.id);
    const message = "SnapshotLimitExceeded: Maximum number of snapshots allowed (1) exceeded";
    expect(refused.body).toEqual({ overLimit: { code: 413, message, retryAfter: "0" } });
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([413, "0"]);
    const usage = (await lab.get(`${base}/os-quota-sets/${projectId}?usage=True`)).body.quota_set;
    expect(usage.snapshots).toEqual({ limit: 1, in_use: 1, reserved: 0 });
    expect(usage.snapshots_nfs).toEqual({ limit: -1, in_use: 1, reserved: 0 });
    expect(usage.gigabytes_nfs).toEqual({ limit: -1, in_use: 2, reserved: 0 });
    expect((await lab.get(`${base}/os-quota-sets/another`)).status).toBe(403);
    const id = await lab.boot("v", { image: "", blockDevices: fromImage() });
    const answer = await lab.action(id, "createImage", { name: "i" });
    expect(answer.status).toBe(403);
    expect(answer.body).toEqual({
      forbidden: { code: 403, message: "Quota exceeded for resources: snapshots" },
    });
    expect(lab.imageId("i")).toBe("");
  });

  it.each([
    ["gigabytes", 1, "exceeds allowed gigabytes quota. Requested 1G, quota is 1G and 1G has been"],
    ["gigabytes_nfs", 1, "exceeds allowed gigabytes_nfs quota. Requested 1G, quota is 1G and 1G"],
    ["snapshots_nfs", 0, "Maximum number of snapshots allowed (0) exceeded"],
  ])("counts snapshots against %s", async (name, limit, text) => {
    const volume = await lab.volume({ size: 1 });
    lab.world.quotas[name] = limit;
    const refused = await snapshotOf(volume.id);
    expect(refused.status).toBe(413);
    expect(refused.body.overLimit.message).toContain(text);
  });

  it("writes a snapshot's metadata, adding or replacing, and its name", async () => {
    const volume = await lab.volume({ size: 1 });
    const made = (await snapshotOf(volume.id, { metadata: { a: "1" } })).body.snapshot;
    const path = `${base}/snapshots/${made.id}`;
    const write = async (method: string, metadata: object) =>
      (await lab.call(method, `${path}/metadata`, { metadata })).body;
    expect(await write("POST", { b: "2" })).toEqual({ metadata: { a: "1", b: "2" } });
    expect(await write("PUT", { c: "3" })).toEqual({ metadata: { c: "3" } });
    expect((await lab.get(`${path}/metadata`)).body).toEqual({ metadata: { c: "3" } });
    expect(await write("POST", { k: "x".repeat(256) })).toEqual({
      overLimit: {
        code: 413,
        message:
          "Invalid metadata size: Metadata property key k value greater than 255 characters.",
      },
    });
    expect((await lab.call("POST", `${path}/metadata`, {})).body.badRequest.message).toBe(
      "Missing required element 'metadata' in request body.",
    );
    const named = await lab.call("PUT", path, { snapshot: { name: "n" } });
    expect(named.body.snapshot).toMatchObject({ name: "n", metadata: { c: "3" } });
    expect((await lab.call("PUT", path, { snapshot: {} })).body.badRequest.message).toBe(
      "Invalid input for field/attribute snapshot. Value: {}. {} is not valid under any of the given schemas",
    );
  });

  it("pages and filters snapshots", async () => {
    const volume = await lab.volume({ size: 1 });
    for (const name of ["a", "b", "c"]) await snapshotOf(volume.id, { name });
    const names = (answer: { body: { snapshots: { name: string }[] } }) =>
      answer.body.snapshots.map(({ name }) => name);
    const first = await lab.get(`${base}/snapshots/detail?limit=2`);
    expect(names(first)).toEqual(["c", "b"]);
    const next = new URL(first.body.snapshots_links[0].href as string);
    expect(names(await lab.get(next.pathname + next.search))).toEqual(["a"]);
    expect(names(await lab.get(`${base}/snapshots/detail?status=available`))).toEqual([]);
    expect(names(await lab.get(`${base}/snapshots/detail?name=a&volume_id=${volume.id}`))).toEqual([
      "a",
    ]);
    expect((await lab.get(`${base}/snapshots?limit=x`)).body.badRequest.message).toBe(
      "limit param must be an integer",
    );
    expect((await lab.get(`${base}/snapshots?marker=nope`)).status).toBe(404);
  });

  it("fails a snapshot as told, when it is made and when it is deleted", async () => {
    const volume = await lab.volume({ size: 1, name: "data" });
    lab.world.faults.add({
      match: { action: "createSnapshot", name: "data", nth: 1 },
      then: { effect: "snapshotFails" },
    });
    lab.world.faults.add({
      match: { action: "deleteSnapshot" },
      then: { effect: "snapshotDeleteFails" },
    });
    const [bad, good] = [await snapshotOf(volume.id), await snapshotOf(volume.id)];
    const path = (answer: typeof bad) => `${base}/snapshots/${answer.body.snapshot.id}`;
    const status = async (answer: typeof bad) =>
      (await lab.get(path(answer))).body.snapshot.status as string;
    const tooSoon = await lab.call("DELETE", path(good));
    expect([tooSoon.status, tooSoon.body.badRequest.message]).toEqual([
      400,
      "Invalid snapshot: Snapshot status must be available or error and must not be part of a group.",
    ]);
    lab.world.clock.advance(5_000);
    expect([await status(bad), await status(good)]).toEqual(["error", "available"]);
    expect((await lab.call("DELETE", path(bad))).status).toBe(202);
    expect(await status(bad)).toBe("deleting");
    lab.world.clock.advance(1_000);
    expect(await status(bad)).toBe("error_deleting");
    const source = { snapshot_id: bad.body.snapshot.id };
    expect((await lab.call("POST", `${base}/volumes`, { volume: source })).body).toEqual({
      badRequest: {
        code: 400,
        message: "Invalid snapshot: Originating snapshot status must be one of 'available' values",
      },
    });
  });
});
