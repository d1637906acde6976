import { formatSeconds } from "../../common/errors";
import { passRotationGate } from "../../openshift";
import { ClusterLab, hour } from "../../sandbox/ClusterLab";
import { manualTime, realTime } from "../../sandbox/world/worldClock";
import type { Bench, BenchOptions } from "../Bench";
import { clusterShapes, type ClusterShape } from "../clusterShapes";
import { median, secondsOf, timed } from "../statistics";
import type { Table } from "../table";

/** How long it takes to know that a cluster's certificates outlive a shutdown, or to make them. */
export const rotationBench: Bench = {
  name: "rotation",
  description: "the rotation gate: a rotated cluster judged, and one in its first hours rotated",
  run: async (options) => {
    const rows: string[][] = [];
    for (const shape of clusterShapes) {
      const decided = await repeat(options, () => decide(shape));
      const forced = await repeat({ ...options, runs: 1 }, () => force(shape));
      const [judged, rotated] = [secondsOf(decided), formatSeconds(median(forced))];
      rows.push([shape.name, judged, "5 s", rotated]);
      options.say(`${shape.name}: judged in ${judged}, rotated in ${rotated}`);
    }
    return [tableOf(rows, options.runs)];
  },
};

async function repeat(
  { runs, signal }: BenchOptions,
  measure: () => Promise<number>,
): Promise<number[]> {
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    signal.throwIfAborted();
    times.push(await measure());
  }
  return times;
}

/** In our time: the model's pods take two seconds of it. */
async function decide({ masters, workers }: ClusterShape): Promise<number> {
  const lab = await new ClusterLab(realTime).open();
  try {
    lab.install(masters, workers);
    lab.worldClock.advance(25 * hour);
    const cluster = await lab.cluster();
    await cluster.readClusterVersion();
    const pass = () => passRotationGate(cluster, { mode: "gate", clock: lab.worldClock });
    return (await timed(pass)).elapsedMs;
  } finally {
    await lab.close();
  }
}

/** In the model's time. */
async function force({ masters, workers }: ClusterShape): Promise<number> {
  const lab = await new ClusterLab(manualTime()).open();
  try {
    lab.install(masters, workers);
    const { clock } = lab;
    const passed = await passRotationGate(await lab.cluster(), { mode: "accelerate", clock });
    return Date.parse(passed.endedAt) - Date.parse(passed.startedAt);
  } finally {
    await lab.close();
  }
}

function tableOf(rows: string[][], runs: number): Table {
  return {
    title: `Rotation gate: median of ${runs} (range)`,
    head: ["cluster", "rotated: judged in", "target", "not rotated: forced in"],
    rows,
    notes: [
      "Judged: our time, of which the model's pods take two seconds. Forced: the model's time, as are",
      "the five minutes until a new signer is used and twice a minute of stable operators.",
    ],
  };
}
