import { isCordoned } from "../../../openshift/nodes/nodes";
import type { Revive } from "../../../openshift/revive/revive";
import { changeCluster, type ClusterChange } from "../../../sandbox/openshift";
import { hour, Lab, minute, type RestingCluster } from "../../sandbox/openshift/lab";

let lab: Lab;
const lines: string[] = [];

beforeEach(async () => {
  lines.length = 0;
  lab = await new Lab().open();
});
afterEach(() => lab.close());

/** RestingCluster and restored; `settledMs` after the boot. */
async function restored(masters = 1, workers = 0, settledMs = 0): Promise<RestingCluster> {
  const captured = await lab.bringToRest(masters, workers);
  await lab.captureAndRestore(captured.nodes);
  lab.worldClock.advance(settledMs);
  lab.requests.length = 0;
  return captured;
}

const run = (captured: RestingCluster, options: Partial<Revive> = {}) =>
  lab.revive(captured, { onProgress: (line) => lines.push(line), ...options });

const change = (wanted: ClusterChange) => {
  changeCluster(lab.model(), wanted);
};

/** Does something at the first progress line that matches. */
function when(pattern: RegExp, act: () => void): Partial<Revive> {
  let isDone = false;
  const onProgress = (line: string) => {
    lines.push(line);
    if (isDone || !pattern.test(line)) return;
    isDone = true;
    act();
  };
  return { onProgress };
}

const elapsedMs = (span: { startedAt: string; endedAt: string } | undefined) =>
  Date.parse(span?.endedAt ?? "") - Date.parse(span?.startedAt ?? "");

/** The most requests that began within any second. */
function mostPerSecond(): number {
  const times = lab.requests.map(({ at }) => at);
  return Math.max(
    ...times.map((from) => times.filter((at) => at >= from && at < from + 1000).length),
  );
}

describe("a healthy cluster is proven", () => {
  test("within 25 s from the API's answer, of one node; by the classic rounds in more than two minutes", async () => {
    const captured = await restored(1, 0, 5 * minute);
    const evidence = await run(captured);
    expect(elapsedMs(evidence)).toBeLessThanOrEqual(25_000);
    expect(elapsedMs(evidence)).toBeGreaterThanOrEqual(20_000);
    expect(evidence.freshness.isProven).toBe(true);
    expect(elapsedMs(await run(captured, { rounds: "classic" }))).toBeGreaterThan(125_000);
  });

  test("within 30 s, of three masters and two workers", async () => {
    const evidence = await run(await restored(3, 2, 5 * minute));
    expect(elapsedMs(evidence)).toBeLessThanOrEqual(30_000);
    expect(evidence.uncordoned).toHaveLength(5);
    expect(evidence.freshness.nodes.map(({ fresh }) => fresh)).toEqual([
      true,
      true,
      true,
      true,
      true,
    ]);
  });

  test.each(["proof", "classic"] as const)(
    "with 3 requests a second at most: %s",
    async (rounds) => {
      await run(await restored(3, 2, 5 * minute), { rounds });
      expect(mostPerSecond()).toBe(3);
    },
  );
});

test("says what was proven, step by step", async () => {
  const { steps } = await run(await restored());
  expect(steps.map(({ step }) => step)).toEqual([
    "API",
    "identity",
    "clock",
    "nodes Ready",
    "uncordon",
    "proof",
  ]);
  expect(steps.at(-1)?.seen).toMatch(
    /^good since \S+Z, \d+ looks: 1 nodes, 34 operators, 2 machine config pools, 7 API services$/,
  );
  expect(lines.some((line) => /^good \d+ s of 20 s$/.test(line))).toBe(true);
});

test("nothing counts before every operator has shown life", async () => {
  const { steps } = await run(await restored());
  // the model's operators are silent for 90 s after a boot, and done after 120 s
  const bootedAt = lab.guests.all().at(-1)?.bootedAt?.getTime() ?? 0;
  const since = /^good since (\S+),/.exec(steps.at(-1)?.seen ?? "")?.[1] ?? "";
  expect(Date.parse(since)).toBeGreaterThan(bootedAt + 120_000);
  expect(lines).toContainEqual(
    expect.stringMatching(
      /^not proven: (API service|\d+ operators show no life since the boot: )/,
    ) as string,
  );
});

test("a node that never gets Ready is named at the deadline", async () => {
  const captured = await lab.bringToRest(1, 1);
  const [master, worker] = await lab.captureAndRestore(captured.nodes);
  if (!master || !worker) throw new Error("two nodes were captured");
  lab.guests.pullPlug(worker);
  await expect(run(captured, { deadlines: { nodes: 5 * minute } })).rejects.toThrow(
    /^timed out after 5 m 0 s waiting for all nodes to be Ready; last seen: 1 of 2 nodes Ready, worker-0 is not Ready since \S+Z \(NodeStatusUnknown: Kubelet stopped posting node status\.\)$/,
  );
});

test("a node that is Ready with the boot of before the capture is not back", async () => {
  const captured = await restored(1, 0, 5 * minute);
  const [node] = await (await lab.cluster()).listNodes();
  const bootIdsBefore = { "master-0": node?.status?.nodeInfo?.bootID ?? "" };
  await expect(run(captured, { bootIdsBefore, deadlines: { nodes: minute } })).rejects.toThrow(
    "last seen: 0 of 1 nodes Ready, master-0 reports the boot of before the capture",
  );
});

test("a node that dies in the middle of the period ends it, though it still counts as Ready", async () => {
  const captured = await lab.bringToRest(1, 1);
  const guests = await lab.captureAndRestore(captured.nodes);
  lab.worldClock.advance(5 * minute);
  const kill = when(/^good [\d.]+ s of/, () => {
    const [, worker] = guests;
    if (worker) lab.guests.pullPlug(worker);
  });
  await expect(run(captured, { ...kill, deadlines: { stable: 3 * minute } })).rejects.toThrow(
    /^timed out after \S+ \S+ \S+ \S+ waiting for the proof that the cluster is back; last seen: not proven: worker-0 not Ready since 2 m \d+ s; machine config pool worker has 0 of 1 machines ready since 2 m \d+ s; broken by: worker-0 not Ready, machine config pool worker has 0 of 1 machines ready$/,
  );
});

test("an operator that is healthy by yesterday's report alone is waited for, then reported", async () => {
  const captured = await restored(1, 0, 40_000);
  change({ operators: { storage: { stale: true } } });
  const evidence = await run(captured);
  expect(evidence.freshness.isProven).toBe(false);
  const unproven = evidence.freshness.operators.filter(({ state }) => state === "unproven");
  expect(unproven.map(({ name }) => name)).toEqual(["storage"]);
  expect(elapsedMs(evidence.steps.at(-1))).toBeGreaterThanOrEqual(5 * minute);
  expect(evidence.steps.at(-1)?.seen).toMatch(/; unproven operators: storage$/);
  expect(lines).toContainEqual(
    expect.stringMatching(
      /^not proven: 1 operators show no life since the boot: storage, all else good since /,
    ) as string,
  );
});

test("an operator that flaps is never good for long enough", async () => {
  const captured = await restored(1, 0, 5 * minute);
  change({ operators: { ingress: { flapMs: 10_000 } } });
  await expect(run(captured, { deadlines: { stable: 5 * minute } })).rejects.toThrow(
    /^timed out after 5 m \d s waiting for the proof that the cluster is back; last seen: (not proven: ingress Available=False|good ).*; broken by: ingress Available=False \(1\d times\)$/,
  );
});

test("one failed list in the middle starts the period anew", async () => {
  const captured = await restored(1, 0, 5 * minute);
  const fault = when(/^good 1\d s of/, () => {
    lab.world.faults.add({
      match: { service: "openshift", action: "listClusterOperators", nth: 1 },
      then: { status: 500 },
    });
  });
  const evidence = await run(captured, fault);
  expect(lines).toContain("not proven: cannot list clusteroperators: 500 fault by script");
  expect(elapsedMs(evidence.steps.at(-1))).toBeGreaterThan(30_000);
});

test("an API that is away for 2 minutes in the middle starts it anew", async () => {
  const captured = await restored(1, 0, 5 * minute);
  const fault = when(/^good 1\d s of/, () => {
    change({ apiDownMs: 2 * minute });
  });
  const evidence = await run(captured, fault);
  expect(evidence.freshness.isProven).toBe(true);
  expect(elapsedMs(evidence.steps.at(-1))).toBeGreaterThan(2 * minute + 20_000);
});

test("an empty list of operators proves nothing", async () => {
  const captured = await restored(1, 0, 5 * minute);
  change({ emptyOperatorList: true });
  await expect(run(captured, { deadlines: { stable: minute } })).rejects.toThrow(
    "last seen: not proven: the list of operators is empty",
  );
});

test("a node that is cordoned again is uncordoned again", async () => {
  const captured = await restored(1, 0, 5 * minute);
  const cordon = when(/^good 1\d s of/, () => {
    lab.model().setUnschedulable("master-0", true);
  });
  await run(captured, cordon);
  expect(lines).toContain("master-0 has been cordoned again: uncordoning it");
  expect((await (await lab.cluster()).listNodes()).filter(isCordoned)).toEqual([]);
});

test("a pool that is all updated and has 0 machines ready, for its node was cordoned, gets ready", async () => {
  const captured = await restored(1, 0, 5 * minute);
  let list: string[] = [];
  const cordon = when(/^good 1\d s of/, () => {
    lab.model().setUnschedulable("master-0", true);
    list = lines.slice();
  });
  const { steps } = await run(captured, cordon);
  expect(lines.slice(list.length)).toContainEqual(
    expect.stringMatching(
      /^not proven: (master-0 is cordoned; )?machine config pool master has 0 of 1 machines ready/,
    ) as string,
  );
  expect(steps.at(-1)?.seen).toMatch(/; broken by: .*machine config pool master has 0 of 1/);
});

test("pools and API services that may not be read are no part of it, and it says so", async () => {
  const captured = await restored(1, 0, 5 * minute);
  for (const action of ["listMachineConfigPools", "listAPIServices"]) {
    lab.world.faults.add({ match: { service: "openshift", action }, then: { status: 403 } });
  }
  const { steps } = await run(captured);
  expect(steps.at(-2)?.seen).toMatch(
    /looks: 1 nodes, 34 operators, machine config pools not readable, API services not readable$/,
  );
  expect(steps.at(-1)?.step).toBe("route API");
});

describe("a cluster whose clock is wrong by a day", () => {
  const skewedBy = async (days: number) => {
    const captured = await restored(1, 0, 40_000);
    change({ clockSkewMs: days * 24 * hour });
    return captured;
  };
  const bootedAt = () => lab.guests.all().at(-1)?.bootedAt?.getTime() ?? 0;
  const since = (seen: string | undefined) =>
    Date.parse(/^good since (\S+),/.exec(seen ?? "")?.[1] ?? "");

  test.each([
    ["ahead", 1, "24 h 0 m ahead of ours"],
    ["behind", -1, "24 h 0 m behind ours"],
  ])("%s is proven, and yesterday's health does not count", async (_, days, seen) => {
    const evidence = await run(await skewedBy(days));
    expect(evidence.steps.find(({ step }) => step === "clock")?.seen).toBe(seen);
    expect(Math.round(evidence.clockSkewMs / hour)).toBe(days * 24);
    expect(evidence.freshness.isProven).toBe(true);
    expect(since(evidence.steps.at(-1)?.seen)).toBeGreaterThan(bootedAt() + 120_000);
  });

  test.each([1, -1])("(%d days) and an operator that shows no life is unproven", async (days) => {
    const captured = await skewedBy(days);
    change({ operators: { storage: { stale: true } } });
    const { freshness } = await run(captured);
    const unproven = freshness.operators.filter(({ state }) => state === "unproven");
    expect(unproven.map(({ name }) => name)).toEqual(["storage"]);
  });
});
