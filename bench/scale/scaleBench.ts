import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { OrderedProcess } from "../../sandbox/OrderedProcess";
import type { Bench, BenchOptions } from "../Bench";
import { captureInputs } from "../capture/captureInputs";
import { median, secondsOf } from "../statistics";
import type { Table } from "../table";
import { LargeCloud } from "./LargeCloud";
import type { Account, Order } from "./provider";
import { listScheduleMs, lowerBoundMs } from "./schedule";

const servers = 1000;
const hosts = 40;
/** Nova's `max_concurrent_snapshots`, on each host. */
const slots = 5;
const imageMs = { fromMs: 10_000, toMs: 60_000 };
const snapId = "scale001";

/** One capture from its first request to its end. */
interface Sample {
  account: Account;
  phaseMs: number;
  boundMs: number;
  listMs: number;
  requests: Record<string, number>;
  /** Real time that choosing the set took. */
  selectMs?: number;
  manifest?: { bytes: number; properties: number };
  /** Images that a second run found. */
  found?: number;
}

/** A capture of a thousand servers, and one that is killed half-way and run again. */
export const scaleBench: Bench = {
  name: "scale",
  description: `a capture of ${servers} servers on ${hosts} hosts of a sandbox, whole and killed half-way`,
  run: async (options) => {
    const whole: Sample[] = [];
    const resumed: Sample[] = [];
    const emptyMib: number[] = [];
    for (let seed = 1; seed <= options.runs; seed++) {
      options.signal.throwIfAborted();
      whole.push(
        await withCloud(seed, async (cloud) => {
          emptyMib.push((await work("nothing", cloud)).peakMib);
          return measureWhole(cloud, options);
        }),
      );
      resumed.push(await withCloud(seed, (cloud) => measureResumed(cloud, options)));
    }
    return [wholeTable(whole, emptyMib), requestTable(whole, resumed), resumedTable(resumed)];
  },
};

async function withCloud<T>(seed: number, work: (cloud: LargeCloud) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), "snapset-scale-"));
  const cloud = await LargeCloud.open({ servers, hosts, seed, imageMs }, directory);
  try {
    return await work(cloud);
  } finally {
    await cloud.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function measureWhole(cloud: LargeCloud, options: BenchOptions): Promise<Sample> {
  const sample = sampleOf(await work("capture", cloud), cloud);
  const selection = await work("select", cloud);
  options.say(`whole: ${describe(sample)}; chosen in ${secondsOf([selection.realMs])}`);
  return { ...sample, selectMs: selection.realMs, manifest: cloud.manifestSize() };
}

async function measureResumed(cloud: LargeCloud, options: BenchOptions): Promise<Sample> {
  const killed = await startProvider();
  const answer = killed.carryOut(orderOf("capture", cloud));
  while (cloud.begun < servers / 2) await delay(2);
  await killed.kill();
  if ((await answer) !== "killed") throw new Error("the capture ended before it was killed");
  const found = cloud.begun;
  const sample = sampleOf(await work("capture", cloud), cloud);
  options.say(`killed after ${found} images and resumed: ${describe(sample)}`);
  return { ...sample, found };
}

/** A process with the providers and nothing else, as the engine starts one. */
function startProvider(): Promise<OrderedProcess<Order, Account>> {
  return OrderedProcess.start(join(__dirname, "provider.ts"));
}

/** One piece of work in a process of its own. */
async function work(kind: Order["work"], cloud: LargeCloud): Promise<Account> {
  const provider = await startProvider();
  return accountOf(await provider.carryOut(orderOf(kind, cloud)));
}

function orderOf(kind: Order["work"], cloud: LargeCloud): Order {
  const { env, sandbox, instances, flavor } = cloud;
  return { env, url: sandbox.url, work: kind, inputs: captureInputs(snapId, instances), flavor };
}

function accountOf(answer: Account | "killed"): Account {
  if (answer === "killed") throw new Error("the provider ended by itself");
  if (answer.problem !== undefined) throw new Error(answer.problem);
  return answer;
}

function sampleOf(account: Account, cloud: LargeCloud): Sample {
  const { images = 0, verify = 0 } = account.phases;
  const counts = cloud.sandbox.world.requests.counts();
  const asked = counts["compute createImage"];
  if (asked !== servers) throw new Error(`${asked ?? 0} images were asked for, of ${servers}`);
  return {
    account,
    phaseMs: verify - images,
    boundMs: lowerBoundMs(cloud.hostImages, slots),
    listMs: listScheduleMs(cloud.hostImages, slots),
    requests: counts,
  };
}

function describe({ account, phaseMs, boundMs }: Sample): string {
  return (
    `images ${(phaseMs / 1000).toFixed(1)} s of the sandbox's, ${(phaseMs / boundMs).toFixed(3)} of the bound; ` +
    `${secondsOf([account.realMs])}, CPU ${account.cpuSeconds.toFixed(1)} s, ${account.peakMib.toFixed(0)} MiB, ` +
    `first image asked for after ${secondsOf([account.firstImageMs ?? 0])}`
  );
}

function wholeTable(samples: readonly Sample[], emptyMib: readonly number[]): Table {
  const each = (value: (sample: Sample) => number): number[] => samples.map(value);
  const ratio = (value: (sample: Sample) => number): string => rangeOf(each(value), 3);
  const [{ manifest } = { manifest: undefined }] = samples;
  return {
    title: `Capture of ${servers} servers on ${hosts} hosts, images of 10 to 60 s, ${slots} at a time per host: ${samples.length} runs, median (range)`,
    head: ["what", "figure", "target"],
    rows: [
      ["image phase, the sandbox's time", secondsOf(each((it) => it.phaseMs)), ""],
      ["÷ bound that no schedule beats", ratio((it) => it.phaseMs / it.boundMs), "1.15"],
      ["÷ the same order without any delay", ratio((it) => it.phaseMs / it.listMs), ""],
      ["real time of the whole capture", secondsOf(each((it) => it.account.realMs)), ""],
      ["CPU of the provider", secondsOf(each((it) => it.account.cpuSeconds * 1000)), ""],
      [
        "most memory of the provider, MiB",
        rangeOf(
          each((it) => it.account.peakMib),
          0,
        ),
        "300",
      ],
      ["… of one that has only been loaded", rangeOf(emptyMib, 0), ""],
      ["choosing the set for a restore", secondsOf(each((it) => it.selectMs ?? 0)), ""],
    ],
    notes: [
      `The manifest takes ${((manifest?.bytes ?? 0) / 1024).toFixed(0)} KiB in ${manifest?.properties ?? 0} properties of the anchor.`,
    ],
  };
}

function requestTable(whole: readonly Sample[], resumed: readonly Sample[]): Table {
  const actions = [
    ...new Set([...whole, ...resumed].flatMap(({ requests }) => Object.keys(requests))),
  ].toSorted();
  const counts = (samples: readonly Sample[], action: string): string =>
    rangeOf(
      samples.map(({ requests }) => requests[action] ?? 0),
      0,
    );
  return {
    title: "Requests of that capture, and of the killed one and its second run together",
    head: ["action", "whole", "killed and resumed"],
    rows: actions.map((action) => [action, counts(whole, action), counts(resumed, action)]),
  };
}

function resumedTable(samples: readonly Sample[]): Table {
  const each = (value: (sample: Sample) => number): number[] => samples.map(value);
  return {
    title: `The same, killed when half of the images were asked for, and run again: ${samples.length} runs, median (range)`,
    head: ["what", "figure", "target"],
    rows: [
      [
        "images that it found",
        rangeOf(
          each((it) => it.found ?? 0),
          0,
        ),
        "",
      ],
      ["images asked for, both runs together", rangeOf(each(imagesOf), 0), String(servers)],
      [
        "real time to the first new image",
        secondsOf(each((it) => it.account.firstImageMs ?? 0)),
        "5 s",
      ],
      ["real time of the second run", secondsOf(each((it) => it.account.realMs)), ""],
      [
        "most memory of the provider, MiB",
        rangeOf(
          each((it) => it.account.peakMib),
          0,
        ),
        "300",
      ],
    ],
  };
}

function imagesOf({ requests }: Sample): number {
  return requests["compute createImage"] ?? 0;
}

function rangeOf(values: readonly number[], digits: number): string {
  const [middle, least, most] = [median(values), Math.min(...values), Math.max(...values)].map(
    (value) => value.toFixed(digits),
  );
  return least === most ? `${middle}` : `${middle} (${least}–${most})`;
}
