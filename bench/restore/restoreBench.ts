import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadEnvironment } from "../../components/files";
import { PulumiProject, type Run } from "../../sandbox/pulumiProject";
import { pulumiEnvironment } from "../../toolchain/environment";
import type { Bench, BenchOptions } from "../Bench";
import { BenchCloud } from "../cloud/BenchCloud";
import { secondsOf, timed } from "../statistics";
import type { Table } from "../table";
import { BareCalls } from "./bareCalls";
import { criticalPath, Timeline, type Step } from "./timeline";

const environmentPath = join("bench", "restore", "sno.yaml");

/** What Heat took for this shape on such a machine, seconds. */
const heat = { create: 22.6, remove: 8.5 };

/** Restores and destroys the shape of snapshot-sno on a real cloud, beside the plain calls for it. */
export const restoreBench: Bench = {
  name: "restore",
  description: "restore of snapshot-sno's shape on the cloud of OS_CLOUD, beside plain API calls",
  run: async (options) => {
    const directory = mkdtempSync(join(tmpdir(), "snapset-bench-"));
    const cloud = await BenchCloud.open(process.env);
    try {
      return await measure(new RestoreRuns(cloud, directory, options), options);
    } finally {
      await cloud.close();
      rmSync(directory, { recursive: true, force: true });
    }
  },
};

class RestoreRuns {
  readonly bare = { create: [] as number[], remove: [] as number[] };
  readonly ours = { create: [] as number[], remove: [] as number[] };
  /** Of the last run. */
  paths: { create: Step[]; remove: Step[] } = { create: [], remove: [] };
  private readonly timeline = new Timeline(() => performance.now());
  private readonly project: PulumiProject;
  private readonly name: string;

  constructor(
    private readonly cloud: BenchCloud,
    directory: string,
    private readonly options: BenchOptions,
  ) {
    this.name = process.env["OS_CLOUD"] ?? "";
    const env = { ...pulumiEnvironment(options.root), ...cloudEnvironment() };
    this.project = new PulumiProject(options.root, directory, env, (line) => {
      this.timeline.take(line);
    });
  }

  /** @returns the images of the set to restore, by node */
  async capture(): Promise<Record<string, string>> {
    const common = { "openstack:cloud": this.name };
    await this.project.createStack("source", { ...common, "snapset:environment": environmentPath });
    await this.project.createStack("snapshot", common);
    await this.project.createStack("dev", { ...common, "snapset:environment": environmentPath });
    succeed(await this.project.up("source"));
    succeed(await this.project.up("snapshot"));
    succeed(await this.project.destroy("source"));
    const { snap_id, images } = await this.project.outputs("snapshot");
    this.project.configure("dev", { "snapset:snapId": snap_id });
    const rows = images as { member: string; imageId: string }[];
    return Object.fromEntries(rows.map(({ member, imageId }) => [member, imageId]));
  }

  async runBare(images: Record<string, string>): Promise<void> {
    const environment = loadEnvironment(join(this.options.root, environmentPath), "restore");
    const calls = new BareCalls(this.cloud, environment, images);
    try {
      this.bare.create.push((await timed(() => calls.create())).elapsedMs);
    } finally {
      this.bare.remove.push((await timed(() => calls.remove())).elapsedMs);
    }
  }

  async runOurs(): Promise<void> {
    this.timeline.begin();
    this.ours.create.push(succeed(await this.project.up("dev")).elapsedMs);
    this.paths.create = criticalPath(this.timeline.steps);
    this.timeline.begin();
    this.ours.remove.push(succeed(await this.project.destroy("dev")).elapsedMs);
    this.paths.remove = criticalPath(this.timeline.steps);
  }

  async remove(): Promise<void> {
    for (const stack of ["dev", "source", "snapshot"]) await this.project.destroy(stack);
  }
}

async function measure(runs: RestoreRuns, options: BenchOptions): Promise<Table[]> {
  try {
    options.say("deploying, capturing and destroying the source …");
    const images = await runs.capture();
    for (let run = 1; run <= options.runs; run++) {
      options.signal.throwIfAborted();
      await runs.runBare(images);
      await runs.runOurs();
      const last = ({ create, remove }: typeof runs.ours) =>
        `${secondsOf(create.slice(-1))}, removed in ${secondsOf(remove.slice(-1))}`;
      options.say(`run ${run}: plain calls ${last(runs.bare)}; ours ${last(runs.ours)}`);
    }
    return [timesOf(runs), pathOf("up", runs.paths.create), pathOf("destroy", runs.paths.remove)];
  } finally {
    await runs.remove();
  }
}

function timesOf({ bare, ours }: RestoreRuns): Table {
  return {
    title: `Restore of snapshot-sno's shape: median of ${ours.create.length} runs (range)`,
    head: ["", "create", "delete"],
    rows: [
      ["plain API calls in parallel", secondsOf(bare.create), secondsOf(bare.remove)],
      ["pulumi up, pulumi destroy", secondsOf(ours.create), secondsOf(ours.remove)],
      ["target", secondsOf([1.3 * heat.create * 1000]), "30 s"],
    ],
    notes: [`The target is 1.3 of what Heat took on such a machine: ${heat.create} s.`],
  };
}

function pathOf(command: string, path: readonly Step[]): Table {
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  return {
    title: `What the end of pulumi ${command} waited for, in the last run`,
    head: ["resource", "from", "to", "took"],
    rows: path.map(({ type, name, startMs, endMs }) => [
      `${type} ${name}`,
      seconds(startMs),
      seconds(endMs),
      seconds(endMs - startMs),
    ]),
  };
}

function cloudEnvironment(): Record<string, string> {
  const entries = Object.entries(process.env).filter(([key]) => key.startsWith("OS_"));
  return Object.fromEntries(entries.map(([key, value]) => [key, value ?? ""]));
}

function succeed(run: Run): Run {
  if (run.code !== 0) throw new Error(`exit code ${run.code}\n${run.output}`);
  return run;
}
