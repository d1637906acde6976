import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatSeconds } from "../../common/errors";
import { launchSandbox, stopSandbox } from "../../sandbox/launch";
import { PulumiProject, type Run } from "../../sandbox/pulumiProject";
import { pulumiEnvironment } from "../../toolchain/environment";
import type { Bench, BenchOptions } from "../Bench";
import { secondsOf } from "../statistics";
import type { Table } from "../table";

const environment = join("test", "acceptance", "two-guests.yaml");
const nothingChanged = /Resources:\n\s+\d+ unchanged\n/;

/** What `pulumi up` costs when there is nothing to do, on a restored stack. */
export const pulumiBench: Bench = {
  name: "pulumi",
  description: "no-op up and preview of a restored stack with two guests, on the sandbox",
  run: async (options) => {
    const directory = mkdtempSync(join(tmpdir(), "snapset-bench-"));
    try {
      const sandbox = await launchSandbox(options.root, directory, { clockOffsetMs: 0 });
      const env = { ...pulumiEnvironment(options.root), ...sandbox.env };
      const project = new PulumiProject(options.root, directory, env);
      const job = await restore(project, options);
      return [jobTable(job), await measure(project, options)];
    } finally {
      await stopSandbox(directory);
      rmSync(directory, { recursive: true, force: true });
    }
  },
};

type Step = [what: string, elapsedMs: number];

/** Deploys, captures, destroys and restores; tells how long each step took. */
async function restore(project: PulumiProject, options: BenchOptions): Promise<Step[]> {
  const common = { "openstack:cloud": "sandbox" };
  await project.createStack("source", { ...common, "snapset:environment": environment });
  await project.createStack("snapshot", common);
  await project.createStack("dev", { ...common, "snapset:environment": environment });
  const steps: Step[] = [];
  const step = async (what: string, work: () => Promise<Run>): Promise<void> => {
    options.signal.throwIfAborted();
    const { elapsedMs } = succeed(await work());
    steps.push([what, elapsedMs]);
    options.say(`${what}: ${formatSeconds(elapsedMs)}`);
  };
  await step("deploy", () => project.up("source"));
  await step("capture", () => project.up("snapshot"));
  await step("destroy the source", () => project.destroy("source"));
  const { snap_id } = await project.outputs("snapshot");
  project.configure("dev", { "snapset:snapId": snap_id });
  await step("restore", () => project.up("dev"));
  return steps;
}

async function measure(project: PulumiProject, options: BenchOptions): Promise<Table> {
  const ups: number[] = [];
  const previews: number[] = [];
  for (let run = 1; run <= options.runs; run++) {
    options.signal.throwIfAborted();
    const up = unchanged(await project.up("dev"));
    const preview = unchanged(await project.preview("dev"));
    ups.push(up.elapsedMs);
    previews.push(preview.elapsedMs);
    options.say(
      `run ${run}: up ${secondsOf([up.elapsedMs])}, preview ${secondsOf([preview.elapsedMs])}`,
    );
  }
  return {
    title: `Pulumi, restored stack, nothing to do: median of ${options.runs} runs (range)`,
    head: ["command", "time", "target"],
    rows: [
      ["up", secondsOf(ups), "6 s"],
      ["preview", secondsOf(previews), "6 s"],
    ],
  };
}

function jobTable(steps: readonly Step[]): Table {
  return {
    title: "Pulumi, the steps before on the sandbox: once each",
    head: ["step", "time"],
    rows: steps.map(([what, elapsedMs]) => [what, secondsOf([elapsedMs])]),
    notes: [
      "The sandbox's guests boot 20 times as fast as modelled; the plugin's fixed waits are real.",
    ],
  };
}

function succeed(run: Run): Run {
  if (run.code !== 0) throw new Error(`exit code ${run.code}\n${run.output}`);
  return run;
}

function unchanged(run: Run): Run {
  if (!nothingChanged.test(succeed(run).output)) {
    throw new Error(`something changed where nothing was to be done:\n${run.output}`);
  }
  return run;
}
