import { isCordoned } from "../../../openshift/nodes/nodes";
import type { Revive } from "../../../openshift/revive/revive";
import { changeCluster } from "../../../sandbox/openshift";
import { hour, Lab, minute, type RestingCluster } from "../../sandbox/openshift/lab";

let lab: Lab;
const lines: string[] = [];

beforeEach(async () => {
  lines.length = 0;
  lab = await new Lab().open();
});
afterEach(() => lab.close());

const capture = (masters = 1, workers = 0, before?: () => Promise<unknown>) =>
  lab.bringToRest(masters, workers, 25 * hour, before);
const run = (captured: RestingCluster, options: Partial<Revive> = {}) =>
  lab.revive(captured, {
    rounds: "classic",
    onProgress: (line) => lines.push(line),
    ...options,
  });

const cordoned = async () =>
  (await (await lab.cluster()).listNodes()).filter(isCordoned).map((node) => node.metadata.name);

test("brings a single-node cluster back, with proof", async () => {
  const captured = await capture();
  await lab.captureAndRestore(captured.nodes);
  const evidence = await run(captured);
  expect(evidence.steps.map((step) => step.step)).toEqual([
    "API",
    "identity",
    "clock",
    "nodes Ready",
    "stable, initial, 5.0 s",
    "uncordon",
    "stable, extended 1, 1 m 0 s",
    "freshness",
    "stable, extended 2, 1 m 0 s",
    "route API",
  ]);
  expect(evidence.clusterId).toBe(captured.facts.clusterId);
  expect(evidence.uncordoned).toEqual(["master-0"]);
  expect(evidence.freshness.isProven).toBe(true);
  expect(evidence.freshness.operators).toHaveLength(34);
  expect(await cordoned()).toEqual([]);
  expect(lines).toContain("stable 40 s of 1 m 0 s");
});

test("brings five nodes back and leaves cordoned who was", async () => {
  const captured = await capture(3, 2, async () =>
    (await lab.cluster()).patchNodeUnschedulable("worker-1", true),
  );
  await lab.captureAndRestore(captured.nodes);
  const { uncordoned, steps } = await run(captured);
  expect(uncordoned).toEqual(["master-0", "master-1", "master-2", "worker-0"]);
  expect(await cordoned()).toEqual(["worker-1"]);
  expect(steps.find((step) => step.step === "uncordon")?.seen).toBe(
    "uncordoned: master-0, master-1, master-2, worker-0; left cordoned as before: worker-1",
  );
});

test("leaves no mark of ours on the nodes", async () => {
  const captured = await capture();
  await lab.captureAndRestore(captured.nodes);
  await run(captured);
  const [node] = await (await lab.cluster()).listNodes();
  expect(
    Object.keys(node?.metadata.annotations ?? {}).filter((k) => k.startsWith("snapset")),
  ).toEqual([]);
});

test("yesterday's health does not count towards the last round", async () => {
  const captured = await capture();
  await lab.captureAndRestore(captured.nodes);
  const evidence = await run(captured, { extendedPeriodMs: 5000 });
  const endOf = (name: string) =>
    Date.parse(evidence.steps.find((step) => step.step.startsWith(name))?.endedAt ?? "");
  // the model's operators are silent for the first 90 s after a boot
  const bootedAt = lab.guests.all().at(-1)?.bootedAt?.getTime() ?? 0;
  expect(endOf("stable, extended 1")).toBeLessThan(bootedAt + 90_000);
  expect(endOf("freshness")).toBeGreaterThan(bootedAt + 90_000);
  expect(evidence.freshness.isProven).toBe(true);
});

test("an operator that shows no life is reported as unproven, not called fresh", async () => {
  const captured = await capture();
  await lab.captureAndRestore(captured.nodes);
  lab.worldClock.advance(40_000);
  changeCluster(lab.model(), { operators: { storage: { stale: true } } });
  const evidence = await run(captured);
  expect(evidence.freshness.isProven).toBe(false);
  const unproven = evidence.freshness.operators.filter((operator) => operator.state === "unproven");
  expect(unproven.map((operator) => operator.name)).toEqual(["storage"]);
  expect(evidence.steps.find((step) => step.step === "freshness")?.seen).toBe(
    "1 of 34 operators unproven: storage",
  );
});

test("goes on to uncordon when the first round cannot pass without", async () => {
  const captured = await capture();
  await lab.captureAndRestore(captured.nodes);
  // late, so that nothing else moves any more
  lab.worldClock.advance(10 * minute);
  changeCluster(lab.model(), { operators: { ingress: { conditions: { Available: "False" } } } });
  const onProgress = (line: string) => {
    if (line === "uncordon") changeCluster(lab.model(), { operators: { ingress: null } });
  };
  const evidence = await run(captured, { deadlines: { initial: minute }, onProgress });
  expect(evidence.steps.find(({ step }) => step.startsWith("stable, initial"))?.seen).toBe(
    "timed out after 1 m 0 s waiting for all operators to be stable for 5.0 s; last seen: 1 of 34 operators not stable: ingress Available=False since 1 m 0 s; went on to uncordon",
  );
  expect(evidence.freshness.isProven).toBe(true);
});

test("may be repeated", async () => {
  const captured = await capture();
  await lab.captureAndRestore(captured.nodes);
  await run(captured);
  const again = await run(captured);
  expect(again.uncordoned).toEqual([]);
  expect(again.freshness.isProven).toBe(true);
});

test("another cluster is refused and left alone", async () => {
  const captured = await capture();
  await lab.captureAndRestore(captured.nodes);
  const clusterId = "00000000-0000-4000-8000-000000000000";
  await expect(run(captured, { clusterId })).rejects.toThrow(
    `${lab.url}/openshift/192.168.32.10 is another cluster: its id is ${captured.facts.clusterId}, that of the captured one ${clusterId}`,
  );
  expect(await cordoned()).toEqual(["master-0"]);
});

test("an API that never comes is waited for until the deadline", async () => {
  const captured = await capture();
  await expect(run(captured, { deadlines: { api: 30_000 } })).rejects.toThrow(
    /^timed out after \d+ s waiting for the API at \S+\/openshift\/192.168.32.10; last seen: cannot get clusterversion version: no answer: /,
  );
});

test("Ready of before the capture is not believed", async () => {
  const captured = await capture();
  await lab.captureAndRestore(captured.nodes);
  await run(captured);
  expect(lines).toContain(
    "waiting for nodes: 0 of 1 nodes Ready, master-0 reports the boot of before the capture",
  );
});

test("an API that goes away in the middle is waited for", async () => {
  const captured = await capture();
  await lab.captureAndRestore(captured.nodes);
  let isDown = false;
  const onProgress = (line: string) => {
    if (isDown || !line.startsWith("waiting for nodes")) return;
    isDown = true;
    changeCluster(lab.model(), { apiDownMs: minute });
  };
  const evidence = await run(captured, { onProgress });
  expect(isDown).toBe(true);
  expect(evidence.freshness.isProven).toBe(true);
});

test("a node that the machine config operator cordons again is uncordoned again", async () => {
  const captured = await capture();
  await lab.captureAndRestore(captured.nodes);
  let isAgain = false;
  const onProgress = (line: string) => {
    lines.push(line);
    if (isAgain || !line.startsWith("stable, extended 1")) return;
    isAgain = true;
    lab.model().setUnschedulable("master-0", true);
  };
  const { uncordoned } = await run(captured, { onProgress });
  const again = lines.indexOf("master-0 has been cordoned again: uncordoning it");
  expect(again).toBeGreaterThan(0);
  expect(again).toBeLessThan(lines.findIndex((line) => line.startsWith("stable, extended 2")));
  expect(uncordoned).toEqual(["master-0"]);
  expect(await cordoned()).toEqual([]);
});

test.each([401, 403])(
  "reads that an API which has just started refuses (%d) may pass",
  async (status) => {
    const captured = await capture();
    await lab.captureAndRestore(captured.nodes);
    lab.world.faults.add({
      match: { service: "openshift", action: "listLeases", nth: 1 },
      then: { status },
    });
    const evidence = await run(captured);
    expect(lines).toContain(`waiting for nodes: cannot list leases: ${status} fault by script`);
    expect(evidence.freshness.isProven).toBe(true);
  },
);

test("a read that stays refused ends it after half a minute, in the API's words", async () => {
  const captured = await capture();
  await lab.captureAndRestore(captured.nodes);
  lab.world.faults.add({
    match: { service: "openshift", action: "listNodes" },
    then: { status: 403 },
  });
  await expect(run(captured)).rejects.toThrow(/^cannot list nodes: 403 fault by script$/);
  const refused = lines.filter((line) => line.endsWith("cannot list nodes: 403 fault by script"));
  expect(refused.length).toBeGreaterThan(5);
});
