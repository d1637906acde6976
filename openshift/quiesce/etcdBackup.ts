import type { Clock } from "../../common/clock";
import { messageOf } from "../../common/errors";
import { shellWord } from "../../common/shell";
import type { Cluster } from "../api/cluster";
import { ClusterStateError } from "../api/errors";
import { isMaster, isReady } from "../nodes/nodes";
import type { Bastion } from "../ssh/bastion";
import type { NodeSession, OpenNode } from "../ssh/nodeSessions";
import { pipeCommands, type Passed } from "../ssh/pipeCommands";
import { commandLine, describeEnd, runCommand, type CommandResult } from "../ssh/runCommand";

/** How to back up etcd, and where to. */
export interface EtcdBackup {
  openNode: OpenNode;
  /** Where the backup is put. */
  bastion: Bastion;
  /** On the bastion: absolute, or in the user's home (`~/…`). Made if it is not there. */
  directory: string;
  /** Of the backup, without a directory. An older one of that name is replaced. */
  fileName: string;
  /** @default 10 min */
  deadlineMs?: number;
  /** On every master. @default /usr/local/bin/cluster-backup.sh */
  script?: string;
  clock: Clock;
  signal?: AbortSignal | undefined;
  onProgress?: ((line: string) => void) | undefined;
}

/** A backup that has been made. Times are ISO 8601. */
export interface EtcdBackupEvidence extends Passed {
  startedAt: string;
  endedAt: string;
  /** The master that made it. */
  node: string;
  /** Where it is, on the bastion. */
  path: string;
}

/** OpenShift's own, put there by its etcd operator (cluster-etcd-operator, bindata/etcd/cluster-backup.sh). */
const defaultScript = "/usr/local/bin/cluster-backup.sh";

/** On the node's disk, while it is made and sent. */
const nodeDirectory = "/var/tmp/snapset-etcd-backup";

const removeDeadlineMs = 60_000;

/**
 * Has a Ready master back up etcd and the static pods' resources, and streams the archive through here
 * to the bastion. Its size and SHA-256 as the node, this process and the bastion see them have to
 * agree. It holds the cluster's secrets: only the bastion's user may read it, and the node keeps none.
 *
 * @throws {ClusterStateError} when no master is Ready, or something went wrong on the way
 * @throws {SshConnectionError} and {@link SshRefusal}
 */
export async function backUpEtcd(
  cluster: Cluster,
  backup: EtcdBackup,
): Promise<EtcdBackupEvidence> {
  const { clock, signal, directory, fileName } = backup;
  const startedAt = clock.now().toISOString();
  const node = await aReadyMaster(cluster);
  const path = `${directory.replace(/\/$/, "")}/${fileName}`;
  const deadline = AbortSignal.timeout(backup.deadlineMs ?? 600_000);
  const until = signal ? AbortSignal.any([signal, deadline]) : deadline;
  const passed = await withoutLeftovers(cluster, node, backup, () =>
    withNode(cluster, node, backup, until, async (session) => {
      backup.onProgress?.(`etcd backup: made on ${node}`);
      const made = await make(session, backup);
      backup.onProgress?.(`etcd backup: ${made.sizeBytes} bytes are sent to ${path}`);
      await send(session, backup, path, made);
      return made;
    }),
  );
  return { startedAt, endedAt: clock.now().toISOString(), node, path, ...passed };
}

async function aReadyMaster(cluster: Cluster): Promise<string> {
  const masters = (await cluster.listNodes()).filter(isMaster);
  const [first] = masters
    .filter(isReady)
    .map((node) => node.metadata.name)
    .sort();
  if (first !== undefined) return first;
  const names = masters.map((node) => node.metadata.name).join(", ");
  throw new ClusterStateError("etcd cannot be backed up", [
    `no master is Ready, of ${names === "" ? "none at all" : names}`,
  ]);
}

async function withNode<T>(
  cluster: Cluster,
  node: string,
  { openNode, clock }: EtcdBackup,
  until: AbortSignal,
  work: (session: NodeSession) => Promise<T>,
): Promise<T> {
  const deadlineMs = removeDeadlineMs;
  const session = await openNode(cluster, node, { deadlineMs, clock, signal: until });
  // ends what runs there, and so the work
  const stop = () => session.client.end();
  until.addEventListener("abort", stop, { once: true });
  try {
    return await work(session);
  } catch (error) {
    until.throwIfAborted();
    throw error;
  } finally {
    until.removeEventListener("abort", stop);
    session.client.end();
  }
}

/** Whatever became of the work, nothing stays on the node: its disk is about to be imaged. */
async function withoutLeftovers<T>(
  cluster: Cluster,
  node: string,
  backup: EtcdBackup,
  work: () => Promise<T>,
): Promise<T> {
  const remove = () =>
    withNode(cluster, node, backup, AbortSignal.timeout(removeDeadlineMs), async (session) => {
      await run(session, `rm -rf ${nodeDirectory} ${nodeDirectory}.tar`);
    });
  const result = await work().catch(async (error: unknown) => {
    const left = await remove().then(
      () => [],
      (second: unknown) => [`${nodeDirectory} may be left on ${node}: ${messageOf(second)}`],
    );
    throw new ClusterStateError("etcd could not be backed up", [messageOf(error), ...left], {
      cause: error,
    });
  });
  await remove();
  return result;
}

async function make(session: NodeSession, { script }: EtcdBackup): Promise<Passed> {
  const archive = `${nodeDirectory}.tar`;
  const { stdout } = await run(
    session,
    [
      "umask 077",
      `rm -rf ${nodeDirectory} ${archive}`,
      `${shellWord(script ?? defaultScript)} ${nodeDirectory} >&2`,
      `tar -C ${nodeDirectory} -cf ${archive} .`,
      `rm -rf ${nodeDirectory}`,
      describe(archive),
    ].join(" && "),
  );
  return parsePassed(stdout, session.subject);
}

async function send(
  session: NodeSession,
  { bastion }: EtcdBackup,
  path: string,
  made: Passed,
): Promise<void> {
  const target = wordOf(path);
  const partial = `${target}.partial`;
  const passed = await pipeCommands(
    {
      subject: session.subject,
      start: session.start,
      command: commandLine(session.user, ["cat", `${nodeDirectory}.tar`]),
    },
    {
      subject: bastion.subject,
      start: (command) => bastion.start(command),
      command: `umask 077 && mkdir -p "$(dirname ${target})" && cat >${partial}`,
    },
  );
  requireSame(passed, made, "what came from the node");
  const { stdout } = await bastion.run(describe(partial));
  requireSame(parsePassed(stdout, bastion.subject), made, `${path} on ${bastion.subject}`);
  await bastion.run(`mv ${partial} ${target}`);
}

async function run(session: NodeSession, script: string): Promise<CommandResult> {
  const line = commandLine(session.user, ["sh", "-c", script]);
  const result = await runCommand(session.client, session.subject, line);
  if (result.exitCode === 0) return result;
  throw new Error(`${session.subject}: ${describeEnd(result)}`);
}

/** Size and hash, a line each. */
function describe(file: string): string {
  return `wc -c <${file} && sha256sum <${file}`;
}

/** @throws {Error} when the text is not what {@link describe} makes commands say */
export function parsePassed(stdout: string, subject: string): Passed {
  const match = /^\s*(\d+)\s+([0-9a-f]{64})\s+-\s*$/.exec(stdout);
  if (match !== null) return { sizeBytes: Number(match[1]), sha256: match[2] ?? "" };
  throw new Error(
    `${subject}: size and hash were asked for, it said: ${stdout.trim() || "nothing"}`,
  );
}

function requireSame(seen: Passed, made: Passed, what: string): void {
  if (seen.sizeBytes === made.sizeBytes && seen.sha256 === made.sha256) return;
  throw new Error(
    `${what} has ${seen.sizeBytes} bytes and SHA-256 ${seen.sha256}, the backup has ${made.sizeBytes} and ${made.sha256}`,
  );
}

/** A path as a word for a shell; `~/` has to stay outside of quotes. */
function wordOf(path: string): string {
  return path.startsWith("~/") ? `~/${shellWord(path.slice(2))}` : shellWord(path);
}
