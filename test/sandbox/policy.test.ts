/* eslint-disable @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-return -- raw answers are what is tested */
import { Lab } from "./client";

describe("a user who may only read", () => {
  let lab: Lab;
  let server: string;
  beforeAll(async () => {
    lab = await Lab.open();
    await lab.logIn("reader", "sandbox", "demo");
    server = await lab.boot("w");
  });
  afterAll(() => lab.close());

  const as = { as: "reader" };

  it("sees the project's servers, and is in a clouds.yaml when asked for", async () => {
    expect((await lab.get(`/compute/v2.1/servers/${server}`, as)).body.server.name).toBe("w");
    expect(lab.sandbox.cloudsYaml()).not.toContain("sandbox-reader");
    expect(lab.sandbox.cloudsYaml(["reader"])).toContain("sandbox-reader");
  });

  it.each([
    ["createImage", { name: "i" }, "servers:create_image"],
    ["os-stop", null, "servers:stop"],
    ["pause", null, "pause"],
  ])("is refused %s", async (action, input, rule) => {
    const answer = await lab.action(server, action, input, "2.45", "reader");
    const message = `Policy doesn't allow os_compute_api:${rule} to be performed.`;
    expect([answer.status, answer.body]).toEqual([403, { forbidden: { code: 403, message } }]);
    expect(lab.world.images.all().map(({ name }) => name)).not.toContain("i");
  });

  it("is refused images, volumes and their snapshots", async () => {
    const image = await lab.call("POST", "/image/v2/images", { name: "i" }, as);
    expect([image.status, image.body]).toEqual([
      403,
      expect.stringContaining("You are not authorized to complete add_image action."),
    ]);
    const base = `/volume/v3/${lab.world.identity.project("demo").id}`;
    const ask = async (path: string) => (await lab.call("POST", base + path, {}, as)).body;
    const message = (rule: string) => `Policy doesn't allow volume:${rule} to be performed.`;
    expect(await ask("/snapshots")).toEqual({
      forbidden: { code: 403, message: message("create_snapshot") },
    });
    expect(await ask("/volumes")).toEqual({ forbidden: { code: 403, message: message("create") } });
  });
});
