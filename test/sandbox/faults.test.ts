/* eslint-disable @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-return -- raw answers are what is tested */
import { Lab } from "./client";

describe("faults by script", () => {
  let lab: Lab;
  beforeEach(async () => {
    lab = await Lab.open();
  });
  afterEach(() => lab.close());

  const image = (name: string) => lab.call("POST", "/image/v2/images", { name });

  it("strikes at the nth request only, in the service's own error format", async () => {
    lab.world.faults.add({
      match: { service: "compute", action: "createImage", nth: 3 },
      then: { status: 409 },
    });
    const ids = [
      await lab.boot("a"),
      await lab.boot("b"),
      await lab.boot("c"),
      await lab.boot("d"),
    ];
    const answers = [];
    for (const id of ids) answers.push(await lab.action(id, "createImage", { name: id }));
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 409, 202]);
    expect(answers[2]?.body).toEqual({
      conflictingRequest: { code: 409, message: "The sandbox was told to answer 409." },
    });
    expect(lab.world.images.all()).toHaveLength(2 + 3);
  });

  it("answers what it is told, with headers, as often as told", async () => {
    lab.world.faults.add({
      match: { action: "listServers", times: 2 },
      then: { status: 503, body: "busy", headers: { "retry-after": "1" } },
    });
    const ask = () => lab.get("/compute/v2.1/servers");
    const first = await ask();
    expect([first.status, first.body, first.headers.get("retry-after")]).toEqual([
      503,
      "busy",
      "1",
    ]);
    expect((await ask()).status).toBe(503);
    expect((await ask()).status).toBe(200);
  });

  it("resets the connection before the work, or after it", async () => {
    lab.world.faults.add({
      match: { action: "createImage", name: "before" },
      then: { reset: true },
    });
    lab.world.faults.add({
      match: { action: "createImage", name: "after" },
      then: { reset: true, afterwards: true },
    });
    await expect(image("before")).rejects.toThrow("fetch failed");
    await expect(image("after")).rejects.toThrow("fetch failed");
    expect(lab.imageId("before")).toBe("");
    expect(lab.imageId("after")).toMatch(/^[0-9a-f-]{36}$/);
    const asked = lab.world.requests.filter(({ action }) => action === "createImage");
    expect(asked.map(({ status }) => status)).toEqual([0, 0]);
  });

  it("finds a server by its name where the request has only its id", async () => {
    lab.world.faults.add({ match: { action: "os-stop", name: "b" }, then: { status: 500 } });
    const [a, b] = [await lab.boot("a"), await lab.boot("b")];
    expect((await lab.action(a, "os-stop")).status).toBe(202);
    expect((await lab.action(b, "os-stop")).status).toBe(500);
  });

  it("knows what was asked of it, and what it changed", async () => {
    lab.world.requests.clear();
    await lab.get("/image/v2/images");
    expect(lab.world.requests.changes()).toEqual([]);
    await image("i");
    await image("j");
    expect(lab.world.requests.counts()).toEqual({ "image listImages": 1, "image createImage": 2 });
    expect(lab.world.requests.changes()).toHaveLength(2);
  });

  it("is scripted over the control API too", async () => {
    const fault = { match: { action: "listImages", nth: 1 }, then: { status: 503 } };
    expect((await lab.call("POST", "/sandbox/faults", fault)).status).toBe(201);
    expect((await lab.get("/image/v2/images")).status).toBe(503);
    const wrong = await lab.call("POST", "/sandbox/faults", { match: { action: "x" }, then: {} });
    expect(wrong.status).toBe(400);
    expect((await lab.call("POST", "/sandbox/tokens/revoke")).status).toBe(204);
    expect((await lab.get("/image/v2/images")).status).toBe(401);
    const before = lab.world.clock.now().getTime();
    await lab.call("POST", "/sandbox/advance", { ms: 5_000 });
    expect(lab.world.clock.now().getTime() - before).toBe(5_000);
    expect((await lab.call("POST", "/sandbox/stop")).status).toBe(403);
  });

  it("gives the same world for the same seed, and another for another", async () => {
    const ids = async (seed: number) => {
      const other = await Lab.open({ seed });
      await other.boot("w");
      const result = [other.imageId("ipxe-boot-usb"), other.world.guests()[0]?.bootId];
      await other.close();
      return result;
    };
    const first = await ids(7);
    expect(await ids(7)).toEqual(first);
    expect(await ids(8)).not.toEqual(first);
  });

  it("cuts an answer in the middle of its body", async () => {
    lab.world.faults.add({
      match: { action: "listImages", nth: 1 },
      then: { reset: true, midBody: true },
    });
    const token = lab.world.identity.logIn({ name: "demo" }, "sandbox", undefined).id;
    const ask = () =>
      fetch(`${lab.sandbox.url}/image/v2/images`, { headers: { "x-auth-token": token } });
    const cut = await ask();
    expect(cut.status).toBe(200);
    const length = Number(cut.headers.get("content-length"));
    const received: Uint8Array[] = [];
    const drain = async () => {
      for await (const chunk of cut.body ?? []) received.push(chunk as Uint8Array);
    };
    await expect(drain()).rejects.toThrow("terminated");
    expect(Buffer.concat(received).length).toBeLessThanOrEqual(Math.ceil(length / 2));
    expect((await ask()).status).toBe(200);
    const asked = lab.world.requests.filter(({ action }) => action === "listImages");
    expect(asked.map(({ status }) => status)).toEqual([0, 200]);
  });

  it("carries the world's time on every answer, refusals too", async () => {
    lab.world.clock.advance(27 * 3600_000 - 1);
    const now = lab.world.clock.now().toUTCString();
    for (const path of ["/image/v2/images", "/compute/v2.1/servers", "/identity/v3", "/nothing"]) {
      expect((await lab.get(path)).headers.get("date")).toBe(now);
    }
  });
});

describe("images that take their time", () => {
  let lab: Lab;
  afterEach(() => lab.close());

  const imageOf = async (id: string, name = "i") =>
    (await lab.action(id, "createImage", { name })).body.image_id as string;
  const state = async (server: string, image: string) => [
    lab.world.images.get(image)?.status,
    (await lab.server(server))["OS-EXT-STS:task_state"],
  ];

  it("are queued again when their upload fails, with nothing going on any more", async () => {
    lab = await Lab.open();
    lab.world.faults.add({
      match: { action: "createImage", nth: 1 },
      then: { effect: "imageUploadFails" },
    });
    const id = await lab.boot("w");
    const image = await imageOf(id);
    lab.world.clock.advance(15_000);
    expect(await state(id, image)).toEqual(["saving", "image_uploading"]);
    lab.world.clock.advance(15_000);
    expect(await state(id, image)).toEqual(["queued", null]);
    lab.world.clock.advance(3600_000);
    expect(await state(id, image)).toEqual(["queued", null]);
    const again = await imageOf(id);
    lab.world.clock.advance(30_000);
    expect(await state(id, again)).toEqual(["active", null]);
  });

  it("are active while Nova's task goes on, as long as told", async () => {
    lab = await Lab.open();
    const fault = {
      match: { action: "createImage" },
      then: { effect: "imageActiveEarly", ms: 20_000 },
    };
    expect((await lab.call("POST", "/sandbox/faults", fault)).status).toBe(201);
    const id = await lab.boot("w");
    const image = await imageOf(id);
    lab.world.clock.advance(30_000);
    expect(await state(id, image)).toEqual(["active", "image_uploading"]);
    lab.world.clock.advance(19_999);
    expect(await state(id, image)).toEqual(["active", "image_uploading"]);
    lab.world.clock.advance(1);
    expect(await state(id, image)).toEqual(["active", null]);
  });

  it("go on without one that somebody deletes, and the task ends", async () => {
    lab = await Lab.open();
    const id = await lab.boot("w");
    const image = await imageOf(id);
    lab.world.clock.advance(15_000);
    lab.world.somebody.deleteImage(image);
    lab.world.clock.advance(15_000);
    expect(await state(id, image)).toEqual([undefined, null]);
  });

  it("take what is set for all, for one, or drawn by name and seed", async () => {
    const settings = { imageMs: { fromMs: 10_000, toMs: 60_000 }, imageMsOf: { slow: 90_000 } };
    const times = async (seed: number, order: string[]) => {
      lab = await Lab.open({ seed, settings });
      const ids = new Map<string, string>();
      for (const name of order) ids.set(name, await imageOf(await lab.boot(name), name));
      const done: Record<string, number> = {};
      for (let s = 0; s <= 100; s += 1) {
        for (const [name, image] of ids) {
          if (lab.world.images.get(image)?.status === "active") done[name] ??= s;
        }
        lab.world.clock.advance(1_000);
      }
      await lab.close();
      return done;
    };
    const [a, b] = [await times(1, ["a"]), await times(1, ["b"])];
    expect(a["a"]).toBeGreaterThanOrEqual(10);
    expect(a["a"]).toBeLessThanOrEqual(60);
    expect(a["a"]).not.toBe(b["b"]);
    expect(await times(1, ["a"])).toEqual(a);
    expect(await times(2, ["a"])).not.toEqual(a);
    expect(await times(1, ["slow"])).toEqual({ slow: 90 });
  });

  it.each([
    [409, undefined, "conflictingRequest"],
    [503, 7, "serviceUnavailable"],
  ] as const)("are refused by a host that has enough: %d", async (status, retryAfter, kind) => {
    lab = await Lab.open({ hosts: 2 });
    const hostLimit = { snapshots: 1, status, ...(retryAfter === undefined ? {} : { retryAfter }) };
    expect((await lab.call("PUT", "/sandbox/settings", { hostLimit })).status).toBe(200);
    const ids = [await lab.boot("a"), await lab.boot("b"), await lab.boot("c")];
    const ask = async (id: string | undefined) =>
      lab.action(id ?? "", "createImage", { name: "i" });
    expect((await ask(ids[0])).status).toBe(202);
    expect((await ask(ids[1])).status).toBe(202);
    const refused = await ask(ids[2]);
    expect([refused.status, refused.body[kind].message]).toEqual([
      status,
      `Cannot 'createImage' instance ${ids[2] ?? ""} while 1 snapshots run on its host`,
    ]);
    expect(refused.headers.get("retry-after")).toBe(retryAfter === undefined ? null : "7");
    lab.world.clock.advance(30_000);
    expect((await ask(ids[2])).status).toBe(202);
  });
});
