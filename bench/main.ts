import { resolve } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { systemClock } from "../common/clock";
import { InputError, messageOf } from "../common/errors";
import type { Bench } from "./Bench";
import { captureBench } from "./capture/captureBench";
import { describeMachine } from "./machine";
import { previewBench } from "./pulumi/previewBench";
import { pulumiBench } from "./pulumi/pulumiBench";
import { restoreBench } from "./restore/restoreBench";
import { reviveBench } from "./revive/reviveBench";
import { rotationBench } from "./rotation/rotationBench";
import { scaleBench } from "./scale/scaleBench";
import { sandboxBench } from "./sandbox/sandboxBench";
import { renderTable, type Table } from "./table";

const benches: readonly Bench[] = [
  sandboxBench,
  pulumiBench,
  previewBench,
  reviveBench,
  rotationBench,
  scaleBench,
  captureBench,
  restoreBench,
];

/** Measures what was asked for, one bench after the other, and shows the tables at the end. */
async function measure(names: readonly string[], { runs }: { runs: number }): Promise<void> {
  const chosen = choose(names);
  const machine = describeMachine(systemClock.now());
  const interrupt = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      say("\ninterrupted: removing what was made …");
      interrupt.abort(new Error("interrupted"));
    });
  }
  const tables: Table[] = [];
  for (const bench of chosen) {
    say(`${bench.name}: ${bench.description}`);
    const root = resolve(__dirname, "..");
    const sayBelow = (line: string): void => {
      say(`  ${line}`);
    };
    tables.push(...(await bench.run({ root, runs, say: sayBelow, signal: interrupt.signal })));
  }
  say(`\n${machine}`);
  for (const table of tables) say(`\n${renderTable(table)}`);
}

/** All of them when none is named, except that without a cloud there is none to capture on. */
function choose(names: readonly string[]): readonly Bench[] {
  if (names.length > 0) {
    return names.map((name) => {
      const bench = benches.find((candidate) => candidate.name === name);
      if (bench !== undefined) return bench;
      const known = benches.map((candidate) => candidate.name).join(", ");
      throw new InputError("bench", [`no bench "${name}"; there are ${known}`]);
    });
  }
  if (process.env["OS_CLOUD"] !== undefined) return benches;
  say("capture and restore are left out: OS_CLOUD names no cloud for them");
  return benches.filter((bench) => bench !== captureBench && bench !== restoreBench);
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("not a number from 1");
  return value;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

const list = benches.map(({ name, description }) => `  ${name.padEnd(10)} ${description}`);

new Command("npm run bench --")
  .description("Measures how fast things are; all of them, or those that are named.")
  .argument("[names...]", benches.map(({ name }) => name).join(", "))
  .option("--runs <number>", "how often each thing is measured; the median counts", wholeNumber, 5)
  .addHelpText("after", `\nBenches:\n${list.join("\n")}`)
  .action(measure)
  .parseAsync()
  .catch((error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = 1;
  });
