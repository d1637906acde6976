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
});
