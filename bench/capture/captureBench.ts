import { loadavg } from "node:os";
import type { Bench, BenchOptions } from "../Bench";
import { BenchCloud } from "../cloud/BenchCloud";
import { Guests } from "../cloud/Guests";
import { median, secondsOf } from "../statistics";
import type { Table } from "../table";
import { imageAllAtOnce, imageOneByOne } from "./imageDirectly";
import { runImagePhase } from "./imagePhase";

const counts = [2, 4, 8] as const;

/** What was measured with one number of servers, run by run, in milliseconds. */
interface Sample {
  slowestSingleMs: number;
  allAtOnceMs: number;
  phaseMs: number;
  requests: number;
  /** Over the last minute. */
  load: number;
}

/** Image phase of a capture against images that are asked for directly, on the cloud of `OS_CLOUD`. */
export const captureBench: Bench = {
  name: "capture",
  description: "image phase of 2, 4, 8 stopped servers on the cloud that OS_CLOUD names",
  run: async (options) => {
    const cloud = await BenchCloud.open(process.env);
    const guests = new Guests(cloud, options);
    try {
      options.say(`${Math.max(...counts)} servers boot and are shut down`);
      await guests.create(Math.max(...counts));
      const rows: string[][] = [];
      for (const count of counts) rows.push(await measure(count, cloud, guests, options));
      return [tableOf(cloud.client.cloud, options.runs, rows)];
    } finally {
      await guests.remove();
      await cloud.close();
    }
  },
};

async function measure(
  count: number,
  { client }: BenchCloud,
  guests: Guests,
  { runs, say, signal }: BenchOptions,
): Promise<string[]> {
  const servers = guests.servers.slice(0, count);
  const samples: Sample[] = [];
  for (let run = 1; run <= runs; run++) {
    const singles = await imageOneByOne(client, servers, signal);
    await guests.removeImages();
    const allAtOnceMs = await imageAllAtOnce(client, servers, signal);
    await guests.removeImages();
    const { elapsedMs: phaseMs, requests } = await runImagePhase(client, servers, signal);
    await guests.removeImages();
    const slowestSingleMs = Math.max(...singles);
    const load = loadavg()[0] ?? 0;
    samples.push({ slowestSingleMs, allAtOnceMs, phaseMs, requests, load });
    say(
      `${count} servers, run ${run}: slowest single ${secondsOf([slowestSingleMs])}, ` +
        `all at once ${secondsOf([allAtOnceMs])}, ours ${secondsOf([phaseMs])}; ` +
        `load ${load.toFixed(1)}`,
    );
  }
  return rowOf(count, samples);
}

function rowOf(count: number, samples: readonly Sample[]): string[] {
  const each = (value: (sample: Sample) => number): number[] => samples.map(value);
  const ratio = (value: (sample: Sample) => number): string => median(each(value)).toFixed(2);
  return [
    String(count),
    secondsOf(each((sample) => sample.slowestSingleMs)),
    secondsOf(each((sample) => sample.allAtOnceMs)),
    secondsOf(each((sample) => sample.phaseMs)),
    ratio((sample) => sample.phaseMs / sample.slowestSingleMs),
    ratio((sample) => sample.phaseMs / sample.allAtOnceMs),
    ratio((sample) => sample.allAtOnceMs / sample.slowestSingleMs),
    median(each((sample) => sample.requests)).toFixed(0),
    median(each((sample) => sample.load)).toFixed(1),
  ];
}

function tableOf(cloud: string, runs: number, rows: string[][]): Table {
  return {
    title: `Capture, image phase of N stopped servers on ${cloud}: median of ${runs} runs (range)`,
    head: [
      "N",
      "slowest single image",
      "all at once, directly",
      "our image phase",
      "ours ÷ single",
      "ours ÷ all at once",
      "all at once ÷ single",
      "our requests",
      "load",
    ],
    rows,
    notes: [
      "Until every image is active and no server has a task; ratios are medians of each run's ratio.",
      "Target: ours ÷ single at most 1.25, as far as the cloud images N servers as fast as one.",
    ],
  };
}
