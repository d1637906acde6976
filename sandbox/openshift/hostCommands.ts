import type { Validity } from "./clusterState";
import type { ModelCluster } from "./modelCluster";

/** How a command on a node's host ended. */
export interface CommandEnd {
  exitCode: number;
  /** What it wrote to its standard output. */
  output: string;
}

const done: CommandEnd = { exitCode: 0, output: "" };

/**
 * Does on a node's host what a command would do there. Commands are known by the programs and files
 * in them; one that is not known does nothing.
 */
export function runOnHost(
  cluster: ModelCluster,
  nodeName: string,
  words: string,
  powerOff: (serverId: string) => void,
): CommandEnd {
  const scheduled = /\bshutdown\s+-h\s+(?:\+?(\d+)|now)/.exec(words);
  if (scheduled) cluster.scheduleShutdown(nodeName, Number(scheduled[1] ?? 0), powerOff);
  else if (/\bshutdown\s+-c\b/.test(words)) cluster.cancelShutdown(nodeName);
  else if (/\brecover-kubeconfig\.sh\b/.test(words)) return renewBootstrap(cluster, nodeName);
  else if (/\bsystemctl\b.*\brestart kubelet\b/s.test(words)) return restart(cluster, nodeName);
  else if (/\bopenssl x509\b/.test(words)) return readCredentials(cluster, nodeName);
  return done;
}

/** MCO's script for that is on masters only, and so is the kubeconfig that it is run with. */
function renewBootstrap({ state }: ModelCluster, nodeName: string): CommandEnd {
  const node = state.nodes[nodeName];
  if (node?.role !== "master") return { exitCode: 1, output: "no localhost.kubeconfig\n" };
  delete node.bootstrapUntil;
  return done;
}

/** A kubelet without its certificates asks for new ones, if its bootstrap credential is any good. */
function restart(cluster: ModelCluster, nodeName: string): CommandEnd {
  const node = cluster.state.nodes[nodeName];
  const until = node?.bootstrapUntil ?? Infinity;
  if (cluster.clock.nowMs() >= until) {
    return { exitCode: 1, output: "the bootstrap credential is refused by the API\n" };
  }
  cluster.restartKubelet(nodeName);
  return done;
}

/** The dates as OpenSSL prints them, one line per credential. */
function readCredentials({ state, faults }: ModelCluster, nodeName: string): CommandEnd {
  const node = state.nodes[nodeName];
  if (!node || faults.isUnreadable(nodeName)) return { exitCode: 0, output: "" };
  const { kubelet, serving, bootstrapUntil } = node;
  const bootstrap =
    bootstrapUntil === undefined
      ? "token "
      : `certificate ${dates({ notBefore: node.createdAt, notAfter: bootstrapUntil })}`;
  const lines = [`client ${dates(kubelet)}`, `serving ${dates(serving)}`, `bootstrap ${bootstrap}`];
  return { exitCode: 0, output: `${lines.join("\n")}\n` };
}

/** One that lived for no time stands for none. */
function dates({ notBefore, notAfter }: Validity): string {
  if (notBefore === notAfter) return "missing";
  return `notBefore=${opensslDate(notBefore)} notAfter=${opensslDate(notAfter)}`;
}

function opensslDate(ms: number): string {
  // Sat, 10 Jan 2026 12:00:00 GMT
  const [, day = "", month = "", year = "", time = ""] = new Date(ms).toUTCString().split(" ");
  return `${month} ${String(Number(day)).padStart(2)} ${time} ${year} GMT`;
}
