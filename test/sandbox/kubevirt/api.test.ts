import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { Agent, request } from "undici";
import { KubeVirtLab } from "../../../sandbox/KubeVirtLab";

const maps = "/api/v1/namespaces/default/configmaps";
const apply = "application/apply-patch+yaml";
const map = (name: string, data: Record<string, string>, labels?: Record<string, string>) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, ...(labels && { labels }) },
  data,
});

let lab: KubeVirtLab;

beforeAll(async () => {
  lab = await new KubeVirtLab().open();
});
afterAll(() => lab.close());

test("lists what the selectors want", async () => {
  await lab.call("POST", maps, map("one", {}, { app: "a" }));
  await lab.call("POST", maps, map("two", {}, { app: "b" }));
  const { body } = await lab.call("GET", `${maps}?labelSelector=app%3Db`);
  expect(body).toMatchObject({ kind: "ConfigMapList", items: [{ metadata: { name: "two" } }] });
});

test("server-side apply makes, changes, and removes what is applied no more", async () => {
  const path = `${maps}/applied?fieldManager=pulumi&force=true`;
  const made = await lab.call("PATCH", path, map("applied", { a: "1", b: "2" }), apply);
  expect(made.status).toBe(201);
  await lab.call("PATCH", `${maps}/applied`, { data: { c: "3" } }, "application/merge-patch+json");
  const changed = await lab.call("PATCH", path, map("applied", { a: "2" }), apply);
  expect(changed).toMatchObject({ status: 200, body: { data: { a: "2", c: "3" } } });
  expect(changed.body).not.toHaveProperty("data.b");
});

test("a dry run answers as if, and does nothing", async () => {
  const dry = await lab.call("POST", `${maps}?dryRun=All`, map("dry", {}));
  expect(dry.status).toBe(201);
  expect((await lab.call("GET", `${maps}/dry`)).status).toBe(404);
});

test("a patch of another kind is 415, an object of another kind 400, an unknown resource 404", async () => {
  const strategic = "application/strategic-merge-patch+json";
  const vms = "/apis/kubevirt.io/v1/namespaces/default/virtualmachines";
  await lab.addVirtualMachine({ name: "some", runStrategy: "Halted" });
  expect((await lab.call("PATCH", `${vms}/some`, {}, strategic)).status).toBe(415);
  expect((await lab.call("POST", vms, map("wrong", {}))).status).toBe(400);
  expect((await lab.call("GET", "/apis/kubevirt.io/v1/replicasets")).status).toBe(404);
});

test("discovery names groups, versions, status subresources and the aggregated API", async () => {
  const { body } = await lab.call("GET", "/apis");
  const groups = (body as { groups: { name: string; versions: { version: string }[] }[] }).groups;
  const versionsOf = (name: string) =>
    groups.find((group) => group.name === name)?.versions.map(({ version }) => version);
  expect(versionsOf("snapshot.kubevirt.io")).toEqual(["v1beta1", "v1alpha1"]);
  expect(versionsOf("subresources.kubevirt.io")).toEqual(["v1", "v1alpha3"]);
  const list = await lab.call("GET", "/apis/snapshot.kubevirt.io/v1beta1");
  const names = (list.body as { resources: { name: string }[] }).resources.map(({ name }) => name);
  expect(names).toContain("virtualmachinesnapshots/status");
});

test("a watch tells what is there, and then what happens", async () => {
  const answer = await watch(`${maps}?watch=true&labelSelector=watched`);
  const lines = linesOf(answer);
  await lab.call("POST", maps, map("unseen", {}));
  await lab.call("POST", maps, map("seen", {}, { watched: "" }));
  await lab.call("DELETE", `${maps}/seen`);
  expect(await lines.next()).toMatchObject({
    type: "ADDED",
    object: { metadata: { name: "seen" } },
  });
  expect(await lines.next()).toMatchObject({
    type: "DELETED",
    object: { metadata: { name: "seen" } },
  });
  answer.destroy();
});

async function watch(path: string): Promise<Readable> {
  const config = JSON.parse(lab.kubeconfig) as {
    clusters: [{ cluster: { server: string; "certificate-authority-data": string } }];
    users: [{ user: { token: string } }];
  };
  const { server, "certificate-authority-data": ca } = config.clusters[0].cluster;
  const { body } = await request(server + path, {
    headers: { authorization: `Bearer ${config.users[0].user.token}` },
    dispatcher: new Agent({ connect: { ca: atob(ca) } }),
  });
  return body;
}

function linesOf(body: Readable) {
  const lines = createInterface({ input: body })[Symbol.asyncIterator]();
  return {
    async next(): Promise<unknown> {
      const { value } = (await lines.next()) as { value: string };
      return JSON.parse(value);
    },
  };
}
