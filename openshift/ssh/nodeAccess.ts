import type { Client } from "ssh2";
import { eachBounded } from "../../common/eachBounded";
import { InputError, messageOf, TimeoutError } from "../../common/errors";
import { waitForValue } from "../../common/wait";
import { ClusterStateError } from "../api/errors";
import type { NodesCommand, RunOnNodes } from "../nodes/runOnNodes";
import type { Node } from "../api/types";
import type { Bastion } from "./bastion";
import { passingProblem } from "./errors";
import { isPort } from "./forward";
import { loadHostKeys, type HostKeyTrust } from "./hostKeys";
import { loadLogin, type SshLogin } from "./login";
import type { ConnectWait, OpenNode } from "./nodeSessions";
import {
  commandLine,
  runCommand,
  startCommand,
  type CommandResult,
  describeEnd,
} from "./runCommand";
import { openSession, type SshEndpoint } from "./session";

/** How to log in to the cluster's nodes. */
export interface NodeAccessSettings extends Partial<SshLogin>, HostKeyTrust {
  /** May run everything by sudo without a password. @default core, RHCOS's user */
  user?: string;
  /** @default 22 */
  port?: number | undefined;
  /**
   * Accepts a node of which no key is known, and holds it to that key as long as this process runs.
   *
   * @default false
   */
  acceptNew?: boolean | undefined;
  /** Until login. @default 10000 */
  connectTimeoutMs?: number | undefined;
}

/** A longer command is a script, and told by its purpose. */
const longestNamed = 80;

/** How many nodes are worked on at the same time. */
const parallel = 20;

/**
 * Runs commands on nodes by SSH: an alternative to pods, of the same shape, for clusters that do
 * not start pods. Nodes are reached at the InternalIP of their Node object, through the bastion if
 * there is one; without a key of their own, with the bastion's. Their keys may be known by address
 * or by the node's name.
 *
 * @throws {InputError} with everything that is wrong with the settings
 */
export function sshNodeAccess(
  settings: NodeAccessSettings,
  bastion?: Bastion,
  environment: NodeJS.ProcessEnv = process.env,
): RunOnNodes {
  const endpointOf = endpointsOf(settings, bastion, environment);
  return async (cluster, run) => {
    const addresses = addressesOf(await cluster.listNodes(), run);
    const startedAt = run.clock.now().getTime();
    await runOnAll(run, async (nodeName) => {
      const endpoint = endpointOf(nodeName, addresses.get(nodeName) ?? "");
      const left = run.deadlineMs - (run.clock.now().getTime() - startedAt);
      // many nodes have to wait for their turn; the deadline is that of all of them together
      if (left <= 0) {
        throw new TimeoutError(`a turn of ${endpoint.subject}`, run.deadlineMs, "others are busy");
      }
      await runOnNode(endpoint, bastion, nodeName, { ...run, deadlineMs: left });
    });
  };
}

/**
 * Opens sessions with nodes, reached as those of {@link sshNodeAccess}.
 *
 * @throws {InputError} with everything that is wrong with the settings
 */
export function sshNodeSessions(
  settings: NodeAccessSettings,
  bastion?: Bastion,
  environment: NodeJS.ProcessEnv = process.env,
): OpenNode {
  const endpointOf = endpointsOf(settings, bastion, environment);
  return async (cluster, nodeName, wait) => {
    const run = { nodeNames: [nodeName], purpose: "a command" };
    const addresses = addressesOf(await cluster.listNodes(), run);
    const endpoint = endpointOf(nodeName, addresses.get(nodeName) ?? "");
    const client = await connect(endpoint, bastion, wait);
    const { subject, login } = endpoint;
    const start = (command: string) => startCommand(client, subject, command);
    return { client, subject, user: login.user, start };
  };
}

function endpointsOf(
  settings: NodeAccessSettings,
  bastion: Bastion | undefined,
  environment: NodeJS.ProcessEnv,
): (nodeName: string, host: string) => SshEndpoint {
  const problems: string[] = [];
  const { user = "core", port = 22, keyFile, privateKey, agent } = settings;
  if (!isPort(port)) problems.push(`port: ${port} is not a port`);
  const sharesKey = bastion && keyFile === undefined && privateKey === undefined && !agent;
  const login = sharesKey
    ? { ...bastion.login, user }
    : loadLogin({ ...settings, user }, environment, problems);
  const hostKeys = loadHostKeys(settings, problems, settings.acceptNew);
  if (problems.length > 0) throw new InputError("nodeAccess", problems);
  const endpoint = {
    port,
    login,
    hostKeys,
    connectTimeoutMs: settings.connectTimeoutMs ?? 10_000,
    keepAliveMs: 5000,
  };
  return (nodeName, host) => {
    const subject = `node ${nodeName} (${user}@${host}:${port})`;
    return { ...endpoint, subject, host, aliases: [nodeName] };
  };
}

function addressesOf(
  nodes: readonly Node[],
  run: Pick<NodesCommand, "nodeNames" | "purpose">,
): Map<string, string> {
  const addresses = new Map(
    nodes.map(({ metadata, status }) => [
      metadata.name,
      status?.addresses?.find((it) => it.type === "InternalIP")?.address ?? "",
    ]),
  );
  const without = run.nodeNames.filter((name) => !addresses.get(name));
  if (without.length === 0) return addresses;
  throw new ClusterStateError(`cannot run ${run.purpose} on every node`, [
    `no InternalIP is known of ${without.join(", ")}`,
  ]);
}

/** Every node is tried, so that one message names all that failed. */
async function runOnAll(run: NodesCommand, work: (nodeName: string) => Promise<void>) {
  const failures = new Map<string, unknown>();
  let done = 0;
  await eachBounded(run.nodeNames, parallel, async (nodeName) => {
    run.signal?.throwIfAborted();
    try {
      await work(nodeName);
      done += 1;
      run.onProgress?.(`${done} of ${run.nodeNames.length} done`);
    } catch (error) {
      failures.set(nodeName, error);
    }
  });
  run.signal?.throwIfAborted();
  if (run.onFailed) {
    for (const [nodeName, error] of failures) run.onFailed(nodeName, messageOf(error));
    return;
  }
  if (failures.size === 0) return;
  const failed = run.nodeNames.filter((name) => failures.has(name));
  const errors = failed.map((name) => failures.get(name));
  const reasons = errors.map(messageOf);
  if (!errors.every((error) => error instanceof TimeoutError)) {
    throw new ClusterStateError(`${run.purpose} failed`, reasons, { cause: errors[0] });
  }
  const what = `${run.purpose} to run on ${failed.join(", ")}`;
  throw new TimeoutError(what, run.deadlineMs, reasons.join("; "));
}

async function runOnNode(
  endpoint: SshEndpoint,
  bastion: Bastion | undefined,
  nodeName: string,
  run: NodesCommand,
): Promise<void> {
  const client = await connect(endpoint, bastion, run);
  try {
    run.onStarted?.(nodeName);
    const line = commandLine(endpoint.login.user, run.command);
    const result = await within(run, endpoint, runCommand(client, endpoint.subject, line));
    if (result.exitCode !== 0) throw new Error(describeFailure(endpoint.subject, run, result));
    run.onOutput?.(nodeName, result.stdout);
    await run.onSucceeded?.(nodeName);
  } finally {
    client.end();
  }
}

/** Until the deadline: a node's sshd may have many connections just now, or the bastion be cut. */
function connect(
  endpoint: SshEndpoint,
  bastion: Bastion | undefined,
  run: ConnectWait,
): Promise<Client> {
  return waitForValue({
    what: `SSH to ${endpoint.subject}`,
    observe: async () => {
      const through = await bastion?.forward(endpoint);
      return openSession({ ...endpoint, ...(through && { through }) });
    },
    problemOf: passingProblem,
    describe: () => "connected",
    deadlineMs: run.deadlineMs,
    clock: run.clock,
    signal: run.signal,
    intervalMs: 1000,
  });
}

/** A command that does not end is left alone at the deadline: ending the session ends it. */
function within<T>(run: NodesCommand, endpoint: SshEndpoint, work: Promise<T>): Promise<T> {
  const what = `${run.purpose} to end on ${endpoint.subject}`;
  const timeout = AbortSignal.timeout(run.deadlineMs);
  const signal = run.signal ? AbortSignal.any([run.signal, timeout]) : timeout;
  return new Promise((resolve, reject) => {
    const stop = () => {
      const isAbort = run.signal?.aborted ?? false;
      const late = new TimeoutError(what, run.deadlineMs, "the command runs");
      reject(isAbort ? (run.signal?.reason as Error) : late);
    };
    signal.addEventListener("abort", stop, { once: true });
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener("abort", stop);
    });
  });
}

function describeFailure(subject: string, run: NodesCommand, result: CommandResult) {
  const words = run.command.join(" ");
  return `${subject}: ${words.length > longestNamed ? run.purpose : words}: ${describeEnd(result)}`;
}
