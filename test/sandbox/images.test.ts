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
});
