import { startProvider, type Order, type ProviderProcess } from "../kills/ProviderProcess";
import { ClusterCloud } from "./ClusterCloud";
import { captureOf, failureOf } from "./FaultyCloud";

jest.setTimeout(240_000);

let lab: ClusterCloud;
let process_: ProviderProcess | undefined;

beforeEach(async () => {
  lab = await ClusterCloud.open();
});
afterEach(async () => {
  await process_?.kill();
  process_ = undefined;
  await lab.close();
});

const inputs = (changes: Parameters<typeof captureOf>[1] = {}) =>
  captureOf(lab.instances, { cluster: lab.settings, ...changes });
const order = (): Order => ({
  env: lab.cloud.env,
  kind: "SnapSet",
  method: "create",
  args: [inputs()],
  config: lab.config,
});
it("a capture that has cordoned nodes is refused when the cluster is taken out of the configuration", async () => {
  process_ = await startProvider();
  const run = process_.carryOut(order());
  const nodes = () => Object.values(lab.model().state.nodes);
  const held = { startMs: 3_600_000 };
  await lab.cloud.until("the nodes to be cordoned", () => {
    if (!nodes().every(({ unschedulable }) => unschedulable)) return false;
    lab.change({ pods: { master0: held, worker0: held } });
    return true;
  });
  await process_.kill();
  await run;
  lab.change({ pods: { master0: null, worker0: null } });
  const without = inputs({ cluster: null, afterCapture: "resume" });
  const { message } = await failureOf(lab.providers.capture(without));
  expect(message).toContain("set faults01 was begun with a cluster, whose nodes are cordoned");
  expect(lab.cloud.leftovers("faults01")).toContain("snapset-capture-faults01");
  expect((await lab.providers.capture(inputs({ afterCapture: "resume" }))).phase).toBe("committed");
  expect(await lab.cordoned()).toEqual({ master0: false, worker0: false });
});
