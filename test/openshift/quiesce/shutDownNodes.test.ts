import type { Cluster } from "../../../openshift";
import {
  shutDownNodes,
  type ShutDownNodes,
  type Told,
} from "../../../openshift/quiesce/shutDownNodes";
import { runOnNodes, type RunOnNodes } from "../../../openshift/nodes/runOnNodes";
import { changeCluster, type ClusterChange } from "../../../sandbox/openshift";
import type { Guest } from "../../../sandbox/world";
import { Lab, minute } from "../../sandbox/openshift/lab";

let lab: Lab;
let cluster: Cluster;
let guests: Guest[];
let touched: Told;
const lines: string[] = [];

beforeEach(async () => {
  lines.length = 0;
  touched = { started: new Set(), told: new Map() };
  lab = await new Lab().open();
});
afterEach(() => lab.close());

async function install(masters: number, workers: number): Promise<void> {
  guests = lab.install(masters, workers);
  cluster = await lab.cluster();
}

const run = (options: Partial<ShutDownNodes> = {}) =>
  shutDownNodes(cluster, touched, {
    clock: lab.clock,
    onProgress: (line) => lines.push(line),
    ...options,
  });
const change = (wanted: ClusterChange) => {
  changeCluster(lab.model(), wanted);
};
/** When each guest went off, second by second; none may before the last is told. */
function offTimes(): number[] {
  const off = new Map<Guest, number>();
  for (let second = 0; second < 20 * 60 && off.size < guests.length; second += 1) {
    for (const guest of guests) {
      if (guest.state === "off" && !off.has(guest)) off.set(guest, lab.worldClock.nowMs());
    }
    lab.worldClock.advance(1000);
  }
  return guests.map((guest) => off.get(guest) ?? Infinity);
}
const states = () => new Set(guests.map(({ state }) => state));
const startsAfter = (ms: (index: number) => number) => {
  const names = Object.keys(lab.model().state.nodes);
  change({ pods: Object.fromEntries(names.map((name, i) => [name, { startMs: ms(i) }])) });
};

test("all are told within the minute that each is given", async () => {
  await install(3, 2);
  expect(await run()).toBe(1);
  expect(states()).toEqual(new Set(["running"]));
  expect(touched.told.size).toBe(5);
});

describe("fifty nodes on which pods start slowly", () => {
  beforeEach(async () => {
    await install(3, 47);
    // from 2 s to 75 s: the first would be off before the last was told
    startsAfter((i) => 2000 + i * 1490);
  });

  test("are told with a delay that is long enough, and none goes down before the last was told", async () => {
    const minutes = await run();
    expect(minutes).toBe(2);
    expect(states()).toEqual(new Set(["running"]));
    const lastTold = Math.max(...[...touched.told.values()].map((at) => Date.parse(at)));
    expect(touched.told.size).toBe(50);
    const off = offTimes();
    expect(Math.min(...off)).toBeGreaterThan(lastTold);
    expect(Math.max(...off)).toBeLessThan(Infinity);
    expect(lines).toContainEqual(
      expect.stringMatching(
        /^not all nodes could be told within 40 s, so they are called back and told anew, with a delay of 2 minutes: 2\d of 50 done, /,
      ) as string,
    );
  });

  test("are looked at with one list at a time", async () => {
    lab.requests.length = 0;
    const from = lab.worldClock.nowMs();
    await run();
    const seconds = (lab.worldClock.nowMs() - from) / 1000;
    const lists = lab.requests.filter(
      ({ method, path }) => method === "GET" && path.endsWith("/pods"),
    );
    expect(lists.length).toBeLessThan(seconds);
  });
});

test("who was told is called back before all are told anew: the next pod there may start late", async () => {
  await install(1, 1);
  change({ pods: { "worker-0": { startMs: 60_000 } } });
  let tellings = 0;
  const slowerNow: RunOnNodes = (on, command) => {
    if (command.purpose === "shutdown") tellings += 1;
    if (tellings === 2) {
      change({ pods: { "master-0": { startMs: 45_000 }, "worker-0": { startMs: 45_000 } } });
    }
    return runOnNodes(on, command);
  };
  expect(await run({ runOnNodes: slowerNow })).toBe(2);
  expect(states()).toEqual(new Set(["running"]));
});

test("however nodes are reached: where the last was told after the first was to go down, all are told anew", async () => {
  await install(1, 1);
  const commands: string[] = [];
  const reach: RunOnNodes = async (_, command) => {
    commands.push(command.command.join(" "));
    for (const name of command.nodeNames) {
      command.onStarted?.(name);
      if (commands.length === 1) await lab.clock.sleep(31_000);
      await command.onSucceeded?.(name);
    }
  };
  expect(await run({ runOnNodes: reach })).toBe(2);
  expect(commands).toEqual(["shutdown -h +1", "shutdown -c", "shutdown -h +2"]);
});

test("nodes that cannot all be told before the deadline are left running by who takes it back", async () => {
  await install(1, 1);
  change({ pods: { "worker-0": { startMs: 60 * minute } } });
  await expect(run({ podDeadlineMs: 60_000 })).rejects.toThrow(
    /^timed out after 1 m 0 s waiting for shutdown to run on master-0, worker-0; last seen: 1 of 2 done, worker-0 Pending$/,
  );
  expect([...touched.told.keys()]).toEqual(["master-0"]);
});

test("an image that cannot be pulled is told while it is so, and ends it after a minute of that", async () => {
  await install(1, 1);
  change({ pods: { "worker-0": { isPullFailing: true } } });
  const from = lab.worldClock.nowMs();
  await expect(run()).rejects.toThrow(
    "shutdown failed: worker-0: ErrImagePull: dial tcp: lookup quay.example: no such host",
  );
  expect(lines[1]).toBe(
    "telling nodes to shut down: 0 of 2 done, master-0 Running, worker-0 Pending (ErrImagePull: dial tcp: lookup quay.example: no such host)",
  );
  expect(lab.worldClock.nowMs() - from).toBeLessThan(3 * minute);
  // it has never run there, so there is nothing to take back
  expect([...touched.started]).toEqual(["master-0"]);
});

test("a pull that succeeds within the minute holds up nothing", async () => {
  await install(1, 1);
  change({ pods: { "worker-0": { isPullFailing: true } } });
  const heal = () => {
    if (lines.some((line) => line.includes("ImagePullBackOff")))
      change({ pods: { "worker-0": null } });
  };
  const onProgress = (line: string) => {
    lines.push(line);
    heal();
  };
  expect(await run({ onProgress })).toBe(1);
});

test("a node that was told and cannot be called back ends it: it goes down before the others", async () => {
  await install(1, 1);
  change({ pods: { "worker-0": { startMs: 60 * minute } } });
  const onProgress = (line: string) => {
    if (line.startsWith("not all nodes"))
      change({ pods: { "master-0": { startMs: 60 * minute } } });
  };
  await expect(run({ onProgress })).rejects.toThrow(
    /^timed out after 40 s waiting for shutdown to run on .*, and not every node could be called back: master-0: /,
  );
});
