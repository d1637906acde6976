import { ClusterLab, minute } from "../../sandbox/ClusterLab";
import type { Bench, BenchOptions } from "../Bench";
import { clusterShapes, type ClusterShape } from "../clusterShapes";
import { median } from "../statistics";
import type { Table } from "../table";

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
    for (const shape of clusterShapes) {
      for (const rounds of allRounds) rows.push(await measure(shape, rounds, options));
    }
    return [tableOf(rows)];
  },
};

async function measure(
  shape: ClusterShape,
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

async function reviveOnce(
  shape: ClusterShape,
  rounds: (typeof allRounds)[number],
): Promise<Sample> {
  const lab = await new ClusterLab().open();
  try {
    const resting = await lab.bringToRest(shape.masters, shape.workers);
    await lab.captureAndRestore(resting.nodes);
    // long enough ago that all that is left to do is to see it
    lab.worldClock.advance(5 * minute);
    lab.requests.length = 0;
    const evidence = await lab.revive(resting, { rounds });
    if (!evidence.freshness.isProven) throw new Error(`${shape.name} was not proven`);
    const ms = Date.parse(evidence.endedAt) - Date.parse(evidence.startedAt);
    return { seconds: ms / 1000, requests: lab.requests.length, mostPerSecond: mostOf(lab) };
  } finally {
    await lab.close();
  }
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
