import { waitForStable, type StabilityWatch } from "../../../openshift/stability/waitForStable";
import { changeCluster } from "../../../sandbox/openshift";
import { hour, Lab, minute } from "../../sandbox/openshift/lab";

let lab: Lab;
const lines: string[] = [];

beforeEach(async () => {
  lines.length = 0;
  lab = await new Lab().open();
  lab.install();
});
afterEach(() => lab.close());

async function watch(changes: Partial<StabilityWatch> = {}) {
  return waitForStable(await lab.cluster(), {
    periodMs: minute,
    deadlineMs: hour,
    clock: lab.clock,
    onProgress: (line) => lines.push(line),
    ...changes,
  });
}

test("a stable cluster takes the period and no longer", async () => {
  const { startedAt, stableSince, endedAt, ...rest } = await watch();
  expect(rest).toEqual({ operators: 34, observations: 7, changes: [] });
  expect(stableSince).toBe(startedAt);
  expect(Date.parse(endedAt) - Date.parse(startedAt)).toBe(minute);
  expect(lines.slice(0, 2)).toEqual(["stable 0.0 s of 1 m 0 s", "stable 10 s of 1 m 0 s"]);
});

test("what was in the way stands in the evidence, with its time", async () => {
  changeCluster(lab.model(), { operators: { dns: { conditions: { Progressing: "True" } } } });
  const onProgress = (line: string) => {
    lines.push(line);
    if (lines.length === 3) changeCluster(lab.model(), { operators: { dns: null } });
  };
  const { startedAt, changes } = await watch({ onProgress });
  const after = (ms: number) => new Date(Date.parse(startedAt) + ms).toISOString();
  expect(changes).toEqual([
    { at: after(0), what: "dns became Progressing=True" },
    { at: after(30_000), what: "dns stabilized after 30 s" },
  ]);
});

test("short periods are looked at more often", async () => {
  expect(await watch({ periodMs: 5000 })).toMatchObject({ observations: 6 });
});

test("an operator that flaps starts the period anew each time", async () => {
  changeCluster(lab.model(), { operators: { ingress: { flapMs: 30_000 } } });
  await expect(watch({ deadlineMs: 5 * minute })).rejects.toThrow(
    /^timed out after 5 m 0 s waiting for all operators to be stable for 1 m 0 s; last seen: 1 of 34 operators not stable: ingress Available=False since 0.0 s; became unstable again and again: ingress 6 times$/,
  );
  expect(lines).toContain("stable 20 s of 1 m 0 s");
  expect(lines).toContain("stable 0.0 s of 1 m 0 s; ingress stabilized after 30 s");
});

test("an operator without one of its conditions is not stable", async () => {
  changeCluster(lab.model(), { operators: { dns: { missing: ["Degraded"] } } });
  await expect(watch({ deadlineMs: 2 * minute })).rejects.toThrow(
    "last seen: 1 of 34 operators not stable: dns Degraded missing since 2 m 0 s",
  );
});

test("an empty list of operators is not a stable cluster", async () => {
  changeCluster(lab.model(), { emptyOperatorList: true });
  await expect(watch({ deadlineMs: 5 * minute })).rejects.toThrow(
    "timed out after 5 m 0 s waiting for all operators to be stable for 1 m 0 s; last seen: not stable: the list of operators is empty",
  );
});

test("a list that fails starts the period anew", async () => {
  lab.world.faults.add({
    match: { service: "openshift", action: "listClusterOperators", nth: 4 },
    then: { status: 500 },
  });
  const { startedAt, endedAt } = await watch();
  expect(lines[3]).toBe("not stable: cannot list clusteroperators: 500 fault by script");
  expect(Date.parse(endedAt) - Date.parse(startedAt)).toBe(40_000 + minute);
});

test("lists that fail again and again are told at the deadline", async () => {
  for (const nth of [4, 8, 12]) {
    lab.world.faults.add({
      match: { service: "openshift", action: "listClusterOperators", nth },
      then: { status: 500 },
    });
  }
  await expect(watch({ deadlineMs: 110_000 })).rejects.toThrow(
    /last seen: not stable: cannot list clusteroperators: 500 fault by script; became unstable again and again: the list 3 times$/,
  );
});

test("an API that is away is waited for", async () => {
  changeCluster(lab.model(), { apiDownMs: 45_000 });
  const { startedAt, endedAt } = await watch();
  expect(lines[0]).toMatch(/^not stable: cannot list clusteroperators: no answer: /);
  expect(Date.parse(endedAt) - Date.parse(startedAt)).toBe(50_000 + minute);
});

test("a deadline within the period is refused", async () => {
  await expect(watch({ deadlineMs: minute })).rejects.toThrow(
    "stability: the deadline (1 m 0 s) must be longer than the period (1 m 0 s)",
  );
});

test("an abort ends the watch", async () => {
  const controller = new AbortController();
  const onProgress = () => {
    controller.abort(new Error("cancelled by user"));
  };
  await expect(watch({ signal: controller.signal, onProgress })).rejects.toThrow(
    "cancelled by user",
  );
});
