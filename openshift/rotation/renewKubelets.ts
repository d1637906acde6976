import { listed } from "../../common/listed";
import { rolesOf } from "../nodes/nodes";
import { runOnNodes } from "../nodes/runOnNodes";
import { waitForAnswer } from "../api/tolerate";
import type { AccelerationContext } from "./accelerate";
import type { NodeReading } from "./credentials";
import { nodesShortOf } from "./judgeRotation";
import type { RotationLook } from "./look";
import { renewBootstrapCommand, restartKubeletCommand } from "./nodeScripts";
import { readKubelets } from "./readKubelets";
import { whileApproving } from "./whileApproving";

const minuteMs = 60_000;
const commandDeadlineMs = 5 * minuteMs;
const kubeletsDeadlineMs = 15 * minuteMs;

/** A signer may be used some seconds later by the controller manager than its secret says. */
const rounds = 3;

/** So that none is without its certificates for as long as it takes to be NotReady. */
const workersAtATime = 10;

/** Gives the kubelets of these nodes new bootstrap kubeconfigs, so that they can ask for certificates. */
export async function renewBootstraps(
  context: AccelerationContext,
  names: readonly string[],
): Promise<void> {
  if (names.length === 0) return;
  await context.step("bootstrap credentials", async () => {
    await run(context, names, "renew-bootstrap", renewBootstrapCommand());
    return `renewed on ${listed(names)}`;
  });
}

/** Restarts the kubelets whose certificates fall short, until none does. */
export async function renewKubelets(
  context: AccelerationContext,
  look: () => Promise<RotationLook>,
): Promise<void> {
  for (let round = 1; round <= rounds; round += 1) {
    const { verdict } = await look();
    const short = nodesShortOf(verdict.shortfalls, "certificate");
    if (short.length === 0) return;
    for (const names of await batchesOf(context, short)) await renewBatch(context, names);
  }
}

/** Waits for kubelets that ask for certificates already, as an interrupted run has left them. */
export async function awaitKubelets(
  context: AccelerationContext,
  names: readonly string[],
): Promise<void> {
  await context.step(`kubelets of ${listed(names)}`, () =>
    whileApproving(context.cluster, { ...context, restarted: names }, (signal) =>
      waitUntilReadable({ ...context, signal }, names),
    ),
  );
}

/** etcd wants a majority, so control plane nodes go one by one. */
async function batchesOf(
  { cluster }: AccelerationContext,
  names: readonly string[],
): Promise<string[][]> {
  const nodes = await cluster.listNodes();
  const masters = new Set(
    nodes.filter((node) => rolesOf(node).includes("master")).map((node) => node.metadata.name),
  );
  const workers = names.filter((name) => !masters.has(name));
  const one = names.filter((name) => masters.has(name)).map((name) => [name]);
  const some = Array.from({ length: Math.ceil(workers.length / workersAtATime) }, (_, index) =>
    workers.slice(index * workersAtATime, (index + 1) * workersAtATime),
  );
  return [...one, ...some];
}

function renewBatch(context: AccelerationContext, names: readonly string[]): Promise<void> {
  return context.step(`kubelets of ${listed(names)}`, () =>
    whileApproving(context.cluster, { ...context, restarted: names }, async (signal) => {
      const within = { ...context, cluster: context.cluster.withSignal(signal), signal };
      await run(within, names, "restart-kubelet", restartKubeletCommand());
      return waitUntilReadable(within, names);
    }),
  );
}

function run(
  {
    cluster,
    runOnNodes: runBy = runOnNodes,
    image,
    clock,
    signal,
    onProgress,
  }: AccelerationContext,
  nodeNames: readonly string[],
  purpose: string,
  command: readonly string[],
): Promise<void> {
  return runBy(cluster, {
    nodeNames,
    purpose,
    command,
    image,
    deadlineMs: commandDeadlineMs,
    clock,
    signal,
    onProgress: (line) => onProgress?.(`${purpose}: ${line}`),
  });
}

async function waitUntilReadable(
  context: AccelerationContext,
  names: readonly string[],
): Promise<string> {
  const readings = await waitForAnswer({
    what: `kubelets of ${names.join(", ")} to have their certificates`,
    observe: () => readKubelets(context.cluster, context, names, minuteMs),
    isDone: (seen) => seen.every(hasServing),
    describe: describeReadings,
    deadlineMs: kubeletsDeadlineMs,
    clock: context.clock,
    signal: context.signal,
    intervalMs: 2000,
    maxIntervalMs: 10_000,
    onProgress: (line) => context.onProgress?.(`kubelets: ${line}`),
  });
  return describeReadings(readings);
}

/** That is what a kubelet asks for last, with its client certificate. */
function hasServing(reading: NodeReading): boolean {
  return "credentials" in reading && reading.credentials.serving !== undefined;
}

function describeReadings(readings: readonly NodeReading[]): string {
  return readings
    .map((reading) => {
      if ("problem" in reading) return `${reading.node}: ${reading.problem}`;
      const { client, serving } = reading.credentials;
      const until = [client?.notAfter ?? "missing", serving?.notAfter ?? "missing"];
      return `${reading.node}: client ${until[0] ?? ""}, serving ${until[1] ?? ""}`;
    })
    .join("; ");
}
