import { quiesce, readClusterFacts, revive, type ClusterFacts } from "../../openshift";
import { ClusterLab, hour, minute } from "../../sandbox/ClusterLab";
import type { Bench, BenchOptions } from "../Bench";
import { median } from "../statistics";
import type { Table } from "../table";

/** A cluster of the sandbox's model. */
interface Shape {
  name: string;
  masters: number;
  workers: number;
}

const shapes: readonly Shape[] = [
  { name: "1 node", masters: 1, workers: 0 },
  { name: "3 masters, 2 workers", masters: 3, workers: 2 },
  { name: "3 masters, 47 workers", masters: 3, workers: 47 },
];

const allRounds = ["proof", "classic"] as const;

/** One revive, in the model's time. */
interface Sample {
  seconds: number;
  requests: number;
  /** The most that began within any second. */
  mostPerSecond: number;
}

/** How long a revive of a healthy cluster takes, and what it asks of the API. */
export const reviveBench: Bench = {
  name: "revive",
  description: "a restored, healthy cluster of a sandbox: from its API's answer to proven",
  run: async (options) => {
    const rows: string[][] = [];
    for (const shape of shapes) {
      for (const rounds of allRounds) rows.push(await measure(shape, rounds, options));
    }
    return [tableOf(rows)];
  },
};

async function measure(
  shape: Shape,
  rounds: (typeof allRounds)[number],
  { runs, say, signal }: BenchOptions,
): Promise<string[]> {
  const samples: Sample[] = [];
  for (let run = 0; run < runs; run++) {
    signal.throwIfAborted();
    samples.push(await reviveOnce(shape, rounds));
  }
  const seconds = median(samples.map((it) => it.seconds)).toFixed(1);
  const requests = median(samples.map((it) => it.requests));
  const most = Math.max(...samples.map((it) => it.mostPerSecond));
  say(`${shape.name}, ${rounds}: ${seconds} s, ${requests} requests, ${most} a second at most`);
  return [shape.name, rounds, seconds, String(requests), String(most)];
}

async function reviveOnce(shape: Shape, rounds: (typeof allRounds)[number]): Promise<Sample> {
  const lab = await new ClusterLab().open();
  try {
    const { facts, offAt } = await restored(lab, shape);
    lab.requests.length = 0;
    const evidence = await revive(await lab.cluster(), {
      clusterId: facts.clusterId,
      bootIdsBefore: Object.fromEntries(facts.nodes.map((node) => [node.name, node.bootId])),
      offAt,
      rounds,
      clock: lab.clock,
    });
    if (!evidence.freshness.isProven) throw new Error(`${shape.name} was not proven`);
    const ms = Date.parse(evidence.endedAt) - Date.parse(evidence.startedAt);
    return { seconds: ms / 1000, requests: lab.requests.length, mostPerSecond: mostOf(lab) };
  } finally {
    await lab.close();
  }
}

/** Captured, restored, and booted long enough ago that all that is left to do is to see it. */
async function restored(
  lab: ClusterLab,
  { masters, workers }: Shape,
): Promise<{ facts: ClusterFacts; offAt: Date }> {
  const nodes = lab.install(masters, workers);
  lab.worldClock.advance(25 * hour);
  const facts = await readClusterFacts(await lab.cluster());
  await quiesce(await lab.cluster(), { clock: lab.clock });
  lab.worldClock.advance(2 * minute);
  const offAt = lab.worldClock.now();
  await lab.captureAndRestore(nodes);
  lab.worldClock.advance(5 * minute);
  return { facts, offAt };
}

function mostOf({ requests }: ClusterLab): number {
  const times = requests.map(({ at }) => at);
  const within = (from: number) => times.filter((at) => at >= from && at < from + 1000).length;
  return Math.max(...times.map(within));
}

function tableOf(rows: string[][]): Table {
  return {
    title: "Revive of a healthy restored cluster",
    head: ["cluster", "rounds", "s", "requests", "most in a second"],
    rows,
    notes: ["Seconds of the model's time, from the API's answer on; the model answers at once."],
  };
}
