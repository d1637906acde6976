import { isForbidden, type OpenStack } from "../../../openstack";
import { imageOf, LocalCloud, reply } from "../LocalCloud";

let cloud: LocalCloud;
let openStack: OpenStack;

beforeEach(async () => {
  cloud = await LocalCloud.start();
  openStack = await cloud.connect();
});

afterEach(async () => {
  await openStack.close();
  await cloud.stop();
});

test("createImage makes a private image; no property takes an attribute's place", async () => {
  cloud.on("POST /image/v2/images", (_received, response) => {
    reply(response, 201, imageOf("i", { status: "queued", size: null }));
  });
  const properties = { snapset_id: "abc", visibility: "public" };
  const image = await openStack.image.createImage({ name: "n", tags: ["t"], properties });
  await openStack.image.createImage({ name: "n" });
  expect(image).toMatchObject({ id: "i", status: "queued", size: null });
  expect(
    cloud.requestsTo("/image/v2/images").map(({ body }) => JSON.parse(body) as unknown),
  ).toEqual([
    { name: "n", tags: ["t"], visibility: "private", snapset_id: "abc" },
    { name: "n", tags: [], visibility: "private" },
  ]);
});

const usageUrl = "/image/v2/info/usage";

test("showUsage gives each quota's limit and usage", async () => {
  const usage = { image_count_total: { limit: 100, usage: 7 } };
  cloud.on(`GET ${usageUrl}`, (_received, response) => {
    reply(response, 200, { usage });
  });
  expect(await openStack.image.showUsage()).toEqual(usage);
});

test("showUsage gives nothing where there is no such call, or nothing is counted", async () => {
  expect(await openStack.image.showUsage()).toBeUndefined();
  cloud.on(`GET ${usageUrl}`, (_received, response) => {
    reply(response, 200, { usage: {} });
  });
  expect(await openStack.image.showUsage()).toBeUndefined();
});

test("showUsage does not hide any other refusal", async () => {
  cloud.on(`GET ${usageUrl}`, (_received, response) => {
    reply(response, 403, { message: "no" });
  });
  const error = await openStack.image.showUsage().catch((refusal: unknown) => refusal);
  expect(isForbidden(error)).toBe(true);
});
