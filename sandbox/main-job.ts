import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { formatSeconds, messageOf } from "../common/errors";
import { connect, type OpenStack } from "../openstack";
import { connectCluster } from "../openshift";
import type { PhaseRecord } from "../snapset/manifest";
import { pulumiEnvironment } from "../toolchain/environment";
import { systemClock } from "../common/clock";
import { kubeconfigFor } from "./openshift";
import { launchSandbox, stopSandbox, type RunningSandbox } from "./launch";
import { proveDisks, proveCluster, proveAddresses, type Proof, type SnapsetOutput } from "./proofs";
import { PulumiProject, type Run } from "./pulumiProject";

const root = resolve(__dirname, "..");
const hourMs = 3_600_000;
/** An installation takes an hour, the first rotation of certificates a day. */
const agingMs = 27 * hourMs;
const apiAddress = "192.168.32.10";

/** Runs the main job on a sandbox of its own: deploy, capture, destroy, restore, revive, prove. */
async function main(): Promise<void> {
  const directory = join(
    process.env["XDG_STATE_HOME"] ?? join(homedir(), ".local", "state"),
    "snapset",
    "sandbox",
  );
  await stopSandbox(directory);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const started = performance.now();
  say("An OpenStack to try things on: the sandbox starts, its clock 27 hours behind.");
  const sandbox = await launchSandbox(root, directory, { clockOffsetMs: -agingMs });
  const kubeconfig = join(directory, "kubeconfig");
  writeFileSync(kubeconfig, kubeconfigFor(sandbox.url, apiAddress));
  const project = await createStacks(directory, sandbox, kubeconfig);
  await new MainJob(project, sandbox, kubeconfig).run();
  say(`\nAll proven in ${formatSeconds(performance.now() - started)}.`);
  say(whatNext(directory, project, sandbox));
}

async function createStacks(directory: string, sandbox: RunningSandbox, kubeconfig: string) {
  const env = { ...pulumiEnvironment(root), ...sandbox.env };
  const project = new PulumiProject(root, directory, env, (line) => {
    // Lines of dots say that Pulumi is alive; the rows of the resources say it better.
    if (!line.startsWith("@ ")) say(`    ${line}`);
  });
  const cluster = {
    kubeconfig,
    // The periods are Hotstack's 60 s on a real cloud; a sandbox does not need them to be long.
    stability: { beforeShutdown: "3s", initial: "1s", extended: "3s" },
  };
  const common = { "openstack:cloud": "sandbox" };
  say("Three stacks: source (deploy), snapshot (capture), dev (restore).");
  await project.createStack("source", common);
  await project.createStack("snapshot", { ...common, "snapset:cluster": cluster });
  await project.createStack("dev", { ...common, "snapset:cluster": cluster });
  return project;
}

class MainJob {
  private readonly timeline: [string, number][] = [];

  constructor(
    private readonly project: PulumiProject,
    private readonly sandbox: RunningSandbox,
    private readonly kubeconfig: string,
  ) {}

  async run(): Promise<void> {
    await this.step(
      "source",
      "1. Deploy the environment snapshot-sno from base images (usually 40 s)",
      () => this.project.up("source", "--suppress-outputs"),
    );
    say(`\n   27 hours pass in the sandbox: OpenShift is installed, its certificates rotate.`);
    await this.sandbox.advance(agingMs);
    const source = await this.outputs<SnapsetOutput>("source");
    const client = await this.connect();
    const before = await proveAddresses(client, source);

    await this.step("snapshot", "2. Capture it: pulumi up -s snapshot (usually 25 s)", () =>
      this.project.up("snapshot", "--suppress-outputs"),
    );
    const set = await this.outputs<CaptureOutput>("snapshot");
    say(`   snap_id: ${set.snap_id}, to be used before ${set.not_after ?? "(unknown)"}`);

    await this.step("destroy", "3. Destroy the source (usually 30 s)", () =>
      this.project.destroy("source", "--suppress-outputs"),
    );
    this.project.configure("dev", { "snapset:snapId": set.snap_id });
    await this.step("dev", "4. Restore and revive: pulumi up (usually 1 m)", () =>
      this.project.up("dev", "--suppress-outputs"),
    );
    const dev = await this.outputs<RestoreOutput>("dev");

    await this.prove(client, dev, before);
    say(`\n${timelineOf(this.timeline, set.timings, dev.timings)}`);
    say(`\n${imageTable(set.images)}`);
    await client.close();
  }

  private async prove(client: OpenStack, dev: RestoreOutput, before: Proof["addresses"]) {
    say("\n5. Proof");
    const after = await proveAddresses(client, dev);
    if (JSON.stringify(after) !== JSON.stringify(before)) {
      throw new Error(`MACs or addresses differ: ${JSON.stringify({ before, after })}`);
    }
    for (const { name, mac, ip } of after) say(`   ${name}: ${mac} ${ip}, as before`);
    const kubeconfig = { path: this.kubeconfig };
    const cluster = await connectCluster({ kubeconfig, clock: systemClock });
    for (const line of await proveDisks(client, dev)) say(`   ${line}`);
    for (const line of await proveCluster(cluster, dev.cluster.evidence)) say(`   ${line}`);
  }

  private async step(name: string, title: string, work: () => Promise<Run>): Promise<void> {
    say(`\n${title}`);
    const run = await work();
    if (run.code !== 0) throw new Error(`${title}: exit code ${run.code}`);
    this.timeline.push([name, run.elapsedMs]);
  }

  private async outputs<T>(stack: string): Promise<T> {
    return (await this.project.outputs(stack)) as T;
  }

  private connect(): Promise<OpenStack> {
    return connect({ cloud: "sandbox", env: this.sandbox.env });
  }
}

interface CaptureOutput {
  snap_id: string;
  not_after: string | null;
  timings: PhaseRecord[];
  images: { member: string; imageName: string; imageId: string; sizeBytes: number }[];
}

interface RestoreOutput extends SnapsetOutput {
  cluster: { evidence: Proof["cluster"] };
  timings: PhaseRecord[];
}

function timelineOf(
  runs: readonly [string, number][],
  capture: readonly PhaseRecord[],
  revive: readonly PhaseRecord[],
): string {
  const phases: Record<string, readonly PhaseRecord[]> = { snapshot: capture, dev: revive };
  const lines = runs.flatMap(([name, elapsedMs]) => [
    `   ${name.padEnd(22)} ${formatSeconds(elapsedMs).padStart(8)}`,
    ...(phases[name] ?? []).map((phase) => {
      const ms = Date.parse(phase.endedAt) - Date.parse(phase.startedAt);
      return `     ${phase.name.padEnd(20)} ${formatSeconds(ms).padStart(8)}  ${phase.evidence}`;
    }),
  ]);
  return ["Timeline", ...lines].join("\n");
}

function imageTable(images: CaptureOutput["images"]): string {
  const rows = images.map(
    (row) =>
      `   ${row.member.padEnd(12)} ${row.imageName.padEnd(44)} ${row.imageId}  ${(row.sizeBytes / 1e6).toFixed(1)} MB`,
  );
  return ["Images of the set", ...rows].join("\n");
}

function whatNext(directory: string, project: PulumiProject, { url }: RunningSandbox): string {
  const env = join(directory, "env");
  const names = ["PATH", "OS_CLOUD", "OS_CLIENT_CONFIG_FILE"];
  const lines = Object.entries(project.env)
    .filter(([name]) => name.startsWith("PULUMI_") || names.includes(name))
    .map(([name, value]) => `export ${name}='${value}'`);
  writeFileSync(env, `${lines.join("\n")}\n`, { mode: 0o600 });
  return [
    "The sandbox keeps running. To look around:",
    `   . ${env}`,
    "   pulumi stack output -s dev",
    "   pulumi stack output snap_id -s snapshot",
    "   npx snapset list",
    "   openstack image list --tag hotstack-snapset",
    `   npm run sandbox -- stop --url ${url}`,
  ].join("\n");
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`\nnpm start failed: ${messageOf(error)}\n`);
  process.exitCode = 1;
});
