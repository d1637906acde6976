import { installedAtOf, readClusterFacts } from "../../openshift/facts";
import { Lab } from "../sandbox/openshift/lab";

let lab: Lab;

beforeEach(async () => {
  lab = await new Lab().open();
});
afterEach(() => lab.close());

test("are what a manifest keeps", async () => {
  const [master] = lab.install();
  const facts = await readClusterFacts(await lab.cluster());
  expect(facts).toEqual({
    clusterId: lab.model().state.clusterId,
    version: "4.18.12",
    installedAt: "2026-01-05T08:45:12Z",
    platform: "None",
    nodes: [
      {
        name: "master-0",
        bootId: master?.bootId,
        cordoned: false,
        roles: ["control-plane", "master", "worker"],
      },
    ],
    signers: expect.any(Array) as unknown,
    notAfter: "2026-01-06T08:00:12.000Z",
    warnings: [],
  });
  expect(facts.signers).toHaveLength(3);
});

test("a cordon of ours is not remembered, somebody else's is", async () => {
  lab.install(1, 2);
  const cluster = await lab.cluster();
  await cluster.patchNodeUnschedulable("worker-0", true);
  await cluster.patchNodeUnschedulable("worker-1", true, { "snapset/cordoned-at": "now" });
  const { nodes } = await readClusterFacts(cluster);
  expect(nodes.map((node) => node.cordoned)).toEqual([false, true, false]);
});

test("a provider id is a trap", async () => {
  lab.install();
  const cluster = await lab.cluster();
  const listNodes = async () =>
    (await cluster.listNodes()).map((node) => ({
      ...node,
      spec: { providerID: "openstack:///1234" },
    }));
  const { warnings } = await readClusterFacts({ ...cluster, listNodes });
  expect(warnings).toEqual([
    "node master-0 has spec.providerID openstack:///1234: a cloud provider may remove it, because no server in a restored environment has that id",
  ]);
});

test("the installation is the oldest entry of the history", () => {
  const entry = (completionTime: string | null) => ({ state: "Completed", completionTime });
  const version = (...history: ReturnType<typeof entry>[]) => ({
    metadata: { name: "version" },
    status: { history },
  });
  expect(installedAtOf(version(entry("2026-02-02T00:00:00Z"), entry("2026-01-01T00:00:00Z")))).toBe(
    "2026-01-01T00:00:00Z",
  );
  expect(installedAtOf(version(entry(null)))).toBeUndefined();
  expect(installedAtOf({ metadata: { name: "version" } })).toBeUndefined();
});
