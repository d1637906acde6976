/* eslint-disable @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-argument, @typescript-eslint/no-unsafe-return -- raw answers are what is tested */
import { Lab } from "./client";

/** The sentence in a WebOb error page. */
const sentence = (html: string) => /<\/h1>\n {2}([\s\S]*?)<br \/>/.exec(html)?.[1];

describe("Glance", () => {
  let lab: Lab;
  beforeEach(async () => {
    lab = await Lab.open();
  });
  afterEach(() => lab.close());

  const create = async (body: object) => (await lab.call("POST", "/image/v2/images", body)).body;
  const names = async (query: string, as = "demo") =>
    (await lab.get(`/image/v2/images?${query}`, { as })).body.images.map(
      (image: { name: string }) => image.name,
    );

  it("lists 25 by default and says how to go on", async () => {
    for (let n = 0; n < 30; n += 1) await create({ name: `i${n}`, foo: "bar" });
    const first = (await lab.get("/image/v2/images?foo=bar")).body;
    expect(first.images).toHaveLength(25);
    expect(first.next).toBe(`/v2/images?foo=bar&marker=${first.images[24].id}`);
    const second = (await lab.get(`/image${first.next}`)).body;
    expect(second.images).toHaveLength(5);
    expect(second.next).toBeUndefined();
  });

  it("filters by all tags given, by property, name and status", async () => {
    await create({ name: "both", tags: ["a", "b=c"], foo: "bar" });
    await create({ name: "one", tags: ["a"], foo: "baz" });
    expect(await names("tag=a&tag=b%3Dc")).toEqual(["both"]);
    expect((await names("tag=a")).sort()).toEqual(["both", "one"]);
    expect(await names("foo=baz")).toEqual(["one"]);
    expect(await names("name=both&status=queued")).toEqual(["both"]);
    expect(await names("name=both&status=active")).toEqual([]);
  });

  it("changes tags and a property in one patch, all or nothing", async () => {
    const image = await create({ name: "i", tags: ["old"] });
    const patched = await lab.patchImage(image.id, [
      { op: "add", path: "/manifest", value: "x".repeat(60_000) },
      { op: "replace", path: "/tags", value: ["hotstack", "snap_id=abc"] },
    ]);
    expect(patched).toMatchObject({ status: 200, body: { tags: ["hotstack", "snap_id=abc"] } });
    const refused = await lab.patchImage(image.id, [
      { op: "replace", path: "/tags", value: [] },
      { op: "replace", path: "/nope", value: "x" },
    ]);
    expect(refused.status).toBe(409);
    expect(refused.body).toContain("Property nope does not exist.");
    const { body } = await lab.get(`/image/v2/images/${image.id}`);
    expect(body.tags).toEqual(["hotstack", "snap_id=abc"]);
    expect(body.manifest).toHaveLength(60_000);
  });

  it.each([
    [
      "a property of 65,536 bytes",
      [{ op: "add", path: "/p", value: "é".repeat(32_768) }],
      500,
      "The server has either erred or is incapable of performing the requested operation.",
    ],
    [
      "a read-only attribute",
      [{ op: "replace", path: "/id", value: "1" }],
      403,
      "Attribute &#x27;id&#x27; is read-only.",
    ],
    [
      "something that is no patch",
      { a: 1 },
      400,
      "Request body must be a JSON array of operation objects.",
    ],
    [
      "129 tags",
      [{ op: "replace", path: "/tags", value: Array.from({ length: 129 }, (_, n) => `t${n}`) }],
      413,
      "The limit has been exceeded on the number of allowed image tags. Attempted: 129, Maximum: 128",
    ],
    [
      "129 properties",
      Array.from({ length: 129 }, (_, n) => ({ op: "add", path: `/p${n}`, value: "" })),
      413,
      "The limit has been exceeded on the number of allowed image properties. Attempted: 129, Maximum: 128",
    ],
  ])("refuses %s with an HTML page", async (_what, patch, status, message) => {
    const image = await create({ name: "i" });
    const answer = await lab.patchImage(image.id, patch);
    expect([answer.status, sentence(answer.body)]).toEqual([status, message]);
    expect(answer.headers.get("content-type")).toBe("text/html; charset=UTF-8");
  });

  it("takes 65,535 bytes", async () => {
    const image = await create({ name: "i" });
    const operation = { op: "add", path: "/p", value: "x".repeat(65_535) };
    expect((await lab.patchImage(image.id, [operation])).status).toBe(200);
  });

  it("wants a patch's own media type", async () => {
    const image = await create({ name: "i" });
    const answer = await lab.call("PATCH", `/image/v2/images/${image.id}`, []);
    expect(answer.status).toBe(415);
    expect(answer.headers.get("accept-patch")).toContain(
      "application/openstack-images-v2.1-json-patch",
    );
  });

  it("protects what is protected, and forgets what is deleted", async () => {
    const image = await create({ name: "i" });
    const remove = () => lab.call("DELETE", `/image/v2/images/${image.id}`);
    await lab.patchImage(image.id, [{ op: "replace", path: "/protected", value: true }]);
    const refused = await remove();
    expect([refused.status, sentence(refused.body)]).toEqual([
      403,
      `Image ${image.id} is protected and cannot be deleted.`,
    ]);
    await lab.patchImage(image.id, [{ op: "replace", path: "/protected", value: false }]);
    expect((await remove()).status).toBe(204);
    const again = await remove();
    expect([again.status, sentence(again.body)]).toEqual([
      404,
      `Failed to find image ${image.id} to delete`,
    ]);
  });

  it("lets others read what is public, see what is shared and accepted, and change neither", async () => {
    const publicId = lab.imageId("ipxe-boot-usb");
    const change = (id: string, as: string) =>
      lab.patchImage(id, [{ op: "add", path: "/x", value: "1" }], { as });
    const refused = await change(publicId, "demo");
    expect([refused.status, sentence(refused.body)]).toEqual([403, "You do not own this image"]);
    const own = await create({ name: "own" });
    expect((await change(own.id, "other")).status).toBe(404);
    const member = lab.world.identity.project("other").id;
    const path = `/image/v2/images/${own.id}/members`;
    await lab.call("POST", path, { member });
    expect((await change(own.id, "other")).status).toBe(403);
    expect(await names("name=own", "other")).toEqual([]);
    await lab.call("PUT", `${path}/${member}`, { status: "accepted" }, { as: "other" });
    expect(await names("name=own", "other")).toEqual(["own"]);
  });

  it("adds and removes single tags by their encoded names", async () => {
    const image = await create({ name: "i" });
    const path = `/image/v2/images/${image.id}/tags/mac_address%3Dfa%3A16%3A9e`;
    expect((await lab.call("PUT", path)).status).toBe(204);
    expect((await lab.get(`/image/v2/images/${image.id}`)).body.tags).toEqual([
      "mac_address=fa:16:9e",
    ]);
    expect((await lab.call("DELETE", path)).status).toBe(204);
    expect((await lab.call("DELETE", path)).status).toBe(404);
  });

  it("keeps an image without data queued for ever, with the properties and tags given", async () => {
    const image = await create({ name: "journal", tags: ["j"], state: "x".repeat(60_000) });
    lab.world.clock.advance(90 * 24 * 3600_000);
    await lab.logIn("demo");
    expect((await lab.get(`/image/v2/images/${image.id}`)).body).toMatchObject({
      status: "queued",
      size: null,
      tags: ["j"],
      state: "x".repeat(60_000),
    });
  });

  it("refuses tags beyond their number and their length, in Glance's words", async () => {
    const tags = Array.from({ length: 128 }, (_, n) => `t${n}`);
    const image = await create({ name: "full", tags });
    const put = (tag: string) => lab.call("PUT", `/image/v2/images/${image.id}/tags/${tag}`);
    const more = await put("more");
    expect([more.status, more.body]).toEqual([
      413,
      expect.stringContaining(
        `Image tag limit exceeded for image ${image.id}: The limit has been exceeded on the number of allowed image tags. Attempted: 129, Maximum: 128:<br />`,
      ),
    ]);
    const long = "y".repeat(256);
    for (const answer of [
      await put(long),
      await lab.call("POST", "/image/v2/images", { name: "x", tags: [long] }),
    ]) {
      expect(answer.status).toBe(400);
      expect(answer.body.replaceAll("&#x27;", "'")).toContain(
        `Provided object does not match schema 'image': '${long}' is too long\n\nFailed validating 'maxLength' in schema['properties']['tags']['items']:\n    {'maxLength': 255, 'type': 'string'}\n\nOn instance['tags'][0]:\n    '${long}'`,
      );
    }
  });

  describe("its quotas", () => {
    const usage = async () => (await lab.get("/image/v2/info/usage")).body.usage;
    afterEach(() => {
      delete lab.world.quotas["image_count_total"];
      delete lab.world.quotas["image_count_uploading"];
    });

    it("are not told where Glance does not count", async () => {
      expect(await usage()).toEqual({});
    });

    it("bound the number of images; Nova answers a 500 then", async () => {
      const id = await lab.boot("w");
      const used = lab.world.images.usage(lab.world.identity.project("demo").id);
      const full = used.image_count_total;
      lab.world.quotas["image_count_total"] = full;
      expect((await usage()).image_count_total).toEqual({ limit: full, usage: full });
      expect((await usage()).image_size_total.limit).toBe(-1);
      const refused = await lab.call("POST", "/image/v2/images", { name: "x" });
      expect([refused.status, refused.body]).toEqual([
        413,
        expect.stringContaining(
          `Resource image_count_total is over limit of ${full} due to current usage ${full} and delta 1`,
        ),
      ]);
      const answer = await lab.action(id, "createImage", { name: "nova" });
      expect([answer.status, answer.body]).toEqual([
        500,
        {
          computeFault: {
            code: 500,
            message:
              "Unexpected API Error. Please report this at http://bugs.launchpad.net/nova/ and attach the Nova API log if possible.\n<class 'glanceclient.exc.HTTPOverLimit'>",
          },
        },
      ]);
      expect((await lab.server(id))["OS-EXT-STS:task_state"]).toBeNull();
    });

    it("bound the uploads: Nova takes back the image that it cannot upload", async () => {
      lab.world.quotas["image_count_uploading"] = 1;
      const ids = [await lab.boot("a"), await lab.boot("b")];
      for (const id of ids) await lab.action(id, "createImage", { name: `of-${id}` });
      lab.world.clock.advance(13_000);
      expect((await usage()).image_count_uploading).toEqual({ limit: 1, usage: 1 });
      lab.world.clock.advance(60_000);
      const names = lab.world.images.all().map(({ name }) => name);
      expect(ids.map((id) => names.includes(`of-${id}`))).toEqual([true, false]);
    });
  });
});
