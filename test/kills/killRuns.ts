import { Command, InvalidArgumentError } from "commander";
import { eachBounded } from "../../common/eachBounded";
import { messageOf } from "../../common/errors";
import { Ids } from "../../sandbox/world/ids";
import { killRun, type WayOut } from "./killRun";
import { startProvider } from "./ProviderProcess";

interface Options {
  runs: number;
  parallel: number;
  seed: number;
  at?: number;
  giveBack: boolean;
}

/** A moment to kill at, and what to do then. */
interface Plan {
  atMs: number;
  wayOut: WayOut;
}

/** Kills captures at random moments and takes each further. @returns how many went wrong */
async function killRuns({ runs, parallel, seed, at, giveBack }: Options): Promise<number> {
  if (at !== undefined) {
    return carryOut([{ atMs: at, wayOut: giveBack ? "given back" : "resumed" }], 1);
  }
  const durationMs = await undisturbed(parallel);
  say(`undisturbed, a capture takes ${durationMs.toFixed(0)} ms; ${runs} runs of seed ${seed}`);
  return carryOut(plansOf(runs, seed, durationMs), parallel);
}

/** Uniform over the duration of a run; every fourth is not resumed but given back. */
function plansOf(runs: number, seed: number, durationMs: number): Plan[] {
  const random = new Ids(seed);
  return Array.from({ length: runs }, (_, i) => ({
    atMs: Math.round(random.next() * durationMs),
    wayOut: i % 4 === 3 ? "given back" : "resumed",
  }));
}

/** Of as many at a time as later: they slow each other down. */
async function undisturbed(parallel: number): Promise<number> {
  const results = await Promise.all(
    Array.from({ length: parallel }, () => killRun(startProvider, undefined, "resumed")),
  );
  const problems = results.flatMap((result) => result.problems);
  if (problems.length > 0) throw new Error(`without any kill: ${problems.join("\n")}`);
  return Math.max(...results.map(({ undisturbedMs = 0 }) => undisturbedMs));
}

async function carryOut(plans: readonly Plan[], parallel: number): Promise<number> {
  let failed = 0;
  await eachBounded([...plans.entries()], parallel, async ([i, { atMs, wayOut }]) => {
    const result = await killRun(startProvider, atMs, wayOut);
    const { killedAfter, undisturbedMs, problems } = result;
    const moment = undisturbedMs === undefined ? `killed after ${killedAfter}` : "had ended";
    const flags = `--at ${atMs}${wayOut === "given back" ? " --give-back" : ""}`;
    say(`${problems.length === 0 ? "ok  " : "FAIL"} ${i + 1}: ${flags}: ${moment}, ${wayOut}`);
    for (const problem of problems) say(`     ${problem}`);
    if (problems.length > 0) failed += 1;
  });
  say(`${plans.length - failed} of ${plans.length} ended with one complete set or with nothing`);
  return failed;
}

function number(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError("not a whole number");
  return value;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

new Command("npm run kills --")
  .description("Kills a capture of five servers at random moments and takes it further.")
  .option("--runs <number>", "how often", number, 40)
  .option("--parallel <number>", "how many at a time", number, 3)
  .option("--seed <number>", "where the moments come from", number, 1)
  .option("--at <ms>", "one run, killed at this moment", number)
  .option("--give-back", "that one is not resumed but given back", false)
  .action(async (options: Options) => {
    if ((await killRuns(options)) > 0) process.exitCode = 1;
  })
  .parseAsync()
  .catch((error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = 1;
  });
