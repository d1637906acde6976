import type { OpenStack } from "../../../openstack";
import { LocalCloud, reply } from "../LocalCloud";

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

const base = "/volumev3/v3/project-1";
const snapshot = {
  id: "s",
  name: null,
  status: "creating",
  volume_id: "v",
  size: 1,
  metadata: {},
  created_at: "2026-01-01T00:00:00.000000",
};

function bodiesTo(path: string): unknown[] {
  return cloud.requestsTo(path).map(({ body }) => JSON.parse(body) as unknown);
}

test("createSnapshot asks at the first microversion, by force when it is said", async () => {
  cloud.on(`POST ${base}/snapshots`, (_received, response) => {
    reply(response, 202, { snapshot });
  });
  const metadata = { snapset_id: "abc" };
  const request = { volumeId: "v", name: "n", metadata, force: true };
  const made = await openStack.blockStorage.createSnapshot(request);
  await openStack.blockStorage.createSnapshot({ volumeId: "v", name: "n" });
  expect(made).toEqual({ ...snapshot, name: "" });
  expect(bodiesTo(`${base}/snapshots`)).toEqual([
    { snapshot: { volume_id: "v", name: "n", metadata, force: true } },
    { snapshot: { volume_id: "v", name: "n", metadata: {}, force: false } },
  ]);
  const [sent] = cloud.requestsTo(`${base}/snapshots`);
  expect(sent?.headers).not.toHaveProperty("openstack-api-version");
});

test("a snapshot is shown, given metadata, and deleted", async () => {
  cloud.on(`GET ${base}/snapshots/s`, (_received, response) => {
    reply(response, 200, { snapshot });
  });
  cloud.on(`POST ${base}/snapshots/s/metadata`, (_received, response) => {
    reply(response, 200, { metadata: { a: "1", b: "2" } });
  });
  cloud.on(`DELETE ${base}/snapshots/s`, (_received, response) => {
    reply(response, 202, "");
  });
  const { blockStorage } = openStack;
  expect((await blockStorage.showSnapshot("s")).status).toBe("creating");
  expect(await blockStorage.updateSnapshotMetadata("s", { b: "2" })).toEqual({ a: "1", b: "2" });
  expect(bodiesTo(`${base}/snapshots/s/metadata`)).toEqual([{ metadata: { b: "2" } }]);
  await blockStorage.deleteSnapshot("s");
  expect(cloud.received.at(-1)).toMatchObject({ method: "DELETE", url: `${base}/snapshots/s` });
});

test("snapshots are listed page after page", async () => {
  cloud.on(`GET ${base}/snapshots/detail`, ({ url }, response) => {
    const isSecond = url.includes("marker=s");
    reply(response, 200, {
      snapshots: [{ ...snapshot, id: isSecond ? "t" : "s" }],
      ...(isSecond ? {} : { snapshots_links: [{ rel: "next", href: "http://x/?marker=s" }] }),
    });
  });
  const listed = await openStack.blockStorage.listSnapshots({ volume_id: "v", limit: 1 });
  expect(listed.map(({ id }) => id)).toEqual(["s", "t"]);
  expect(cloud.requestsTo(`${base}/snapshots/detail`)[0]?.url).toBe(
    `${base}/snapshots/detail?volume_id=v&limit=1`,
  );
});

test("the quota set holds the usages by name, and not the project's id", async () => {
  const usage = { limit: 10, in_use: 3, reserved: 1 };
  cloud.on(`GET ${base}/os-quota-sets/project-1`, (_received, response) => {
    reply(response, 200, {
      quota_set: { id: "project-1", snapshots: usage, snapshots_nfs: usage },
    });
  });
  expect(await openStack.blockStorage.showQuotaSet()).toEqual({
    snapshots: usage,
    snapshots_nfs: usage,
  });
  expect(cloud.received.at(-1)?.url).toBe(`${base}/os-quota-sets/project-1?usage=true`);
});
