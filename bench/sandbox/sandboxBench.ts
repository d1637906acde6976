import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Bench, BenchOptions } from "../Bench";
import { BenchCloud } from "../cloud/BenchCloud";
import { Guests } from "../cloud/Guests";
import { runImagePhase } from "../capture/imagePhase";
import { median, secondsOf } from "../statistics";
import type { Table } from "../table";
import { cpuSecondsOf } from "./cpuTime";
import type { LoadOrder, LoadResult } from "./load";
import { startMeasured, type MeasuredSandbox } from "./startTime";

/** A capture of this size polls while the sandbox is under load. */
const members = 8;
const secondsPerRun = 5;

/** How soon the sandbox is there, and how many of a capture's questions it answers. */
export const sandboxBench: Bench = {
  name: "sandbox",
  description: "start of the sandbox, and requests per second that it serves on one core",
  run: async (options) => {
    const directory = mkdtempSync(join(tmpdir(), "snapset-bench-"));
    try {
      return [await measureStart(directory, options), await measureLoad(directory, options)];
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  },
};

async function measureStart(directory: string, options: BenchOptions): Promise<Table> {
  const times: number[] = [];
  for (let run = 1; run <= options.runs; run++) {
    options.signal.throwIfAborted();
    const sandbox = await startMeasured(options.root, directory);
    await sandbox.stop();
    times.push(sandbox.startMs);
    options.say(`start ${run}: ${secondsOf([sandbox.startMs])}`);
  }
  return {
    title: `Sandbox, start of a whole process until its first answer: median of ${options.runs} (range)`,
    head: ["start", "target"],
    rows: [[secondsOf(times), "1 s"]],
  };
}

async function measureLoad(directory: string, options: BenchOptions): Promise<Table> {
  const sandbox = await startMeasured(options.root, directory);
  try {
    const order = await orderFor(sandbox, options);
    const rows: string[][] = [];
    for (const concurrency of [1, 8]) {
      rows.push(await measureRate(sandbox, { ...order, concurrency }, options));
    }
    return loadTable(rows, options.runs);
  } finally {
    await sandbox.stop();
  }
}

/** The two lists that a capture polls, in a world with a captured set in it. */
async function orderFor(
  sandbox: MeasuredSandbox,
  options: BenchOptions,
): Promise<Omit<LoadOrder, "concurrency">> {
  const cloud = await BenchCloud.open(sandbox.env);
  try {
    const guests = new Guests(cloud, options);
    await guests.create(members);
    await runImagePhase(cloud.client, guests.servers, options.signal);
    const [image] = await guests.images();
    const filter = new URLSearchParams({
      snapset_id: String(image?.["snapset_id"]),
      owner: cloud.client.projectId,
      limit: "1000",
    });
    const images = new URL(`${cloud.endpoint("image")}/images?${filter.toString()}`);
    const servers = new URL(`${cloud.endpoint("compute")}/servers/detail`);
    return {
      origin: images.origin,
      paths: [images, servers].map(({ pathname, search }) => pathname + search),
      headers: { "x-auth-token": cloud.token, "openstack-api-version": "compute 2.45" },
      seconds: secondsPerRun,
    };
  } finally {
    await cloud.close();
  }
}

async function measureRate(
  { pid }: MeasuredSandbox,
  order: LoadOrder,
  { root, runs, say, signal }: BenchOptions,
): Promise<string[]> {
  const samples: { perSecond: number; perCpuSecond: number; result: LoadResult }[] = [];
  for (let run = 1; run <= runs; run++) {
    const before = cpuSecondsOf(pid);
    const result = await runLoad(root, order, signal);
    const perSecond = result.requests / (result.elapsedMs / 1000);
    const perCpuSecond = result.requests / (cpuSecondsOf(pid) - before);
    samples.push({ perSecond, perCpuSecond, result });
    say(
      `${order.concurrency} at a time, run ${run}: ${perSecond.toFixed(0)} requests/s, ` +
        `${perCpuSecond.toFixed(0)} per second of CPU`,
    );
  }
  return [
    String(order.concurrency),
    median(samples.map(({ perSecond }) => perSecond)).toFixed(0),
    median(samples.map(({ perCpuSecond }) => perCpuSecond)).toFixed(0),
    `${median(samples.map(({ result }) => result.medianMs)).toFixed(1)} ms`,
    `${Math.max(...samples.map(({ result }) => result.slowestMs)).toFixed(0)} ms`,
    "200",
  ];
}

/** The questions come from another process, so that asking costs the sandbox nothing. */
async function runLoad(root: string, order: LoadOrder, signal: AbortSignal): Promise<LoadResult> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--require", "./common/typescript.cjs", require.resolve("./load.ts"), JSON.stringify(order)],
    { cwd: root, signal },
  );
  return JSON.parse(stdout) as LoadResult;
}

function loadTable(rows: string[][], runs: number): Table {
  return {
    title:
      `Sandbox, lists of images and servers as a capture polls them, a set of ${members} in the ` +
      `world: median of ${runs} runs of ${secondsPerRun} s`,
    head: [
      "at a time",
      "requests/s",
      "requests per CPU second",
      "median answer",
      "slowest answer",
      "target",
    ],
    rows,
    notes: [
      "Per CPU second is what one core serves when nothing else wants it: all the sandbox's threads count.",
    ],
  };
}
