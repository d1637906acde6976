import { readFileSync } from "node:fs";
import {
  HttpMethod,
  IsomorphicFetchHttpLibrary,
  KubeConfig,
  RequestContext,
} from "@kubernetes/client-node";
import type { Clock } from "../common/clock";
import { InputError } from "../common/errors";
import { createCluster, type Cluster } from "./cluster";
import type { Send } from "./wire";

/** How to reach a cluster. */
export interface ClusterConnection {
  /** A file, or the text of one (a secret of the stack's configuration). */
  kubeconfig: { path: string } | { content: string };
  clock: Clock;
  signal?: AbortSignal | undefined;
  /** How long one attempt of a call may take. @default 15000 */
  callTimeoutMs?: number;
}

/**
 * A client for the kubeconfig's current context. Nothing is contacted yet.
 *
 * @throws {InputError} naming what is wrong with the kubeconfig
 */
export function connectCluster(connection: ClusterConnection): Promise<Cluster> {
  // a promise, so that what is wrong always arrives as a rejection
  return Promise.resolve().then(() => {
    const kubeconfig = loadKubeconfig(connection.kubeconfig);
    const server = (kubeconfig.getCurrentCluster()?.server ?? "").replace(/\/+$/, "");
    return createCluster(server, {
      send: sender(kubeconfig, server),
      clock: connection.clock,
      signal: connection.signal,
      callTimeoutMs: connection.callTimeoutMs ?? 15_000,
    });
  });
}

/** client-node does what it is best at, credentials and TLS; the calls themselves are ours. */
function sender(kubeconfig: KubeConfig, server: string): Send {
  const http = new IsomorphicFetchHttpLibrary();
  return async (request) => {
    const context = new RequestContext(`${server}${request.path}`, HttpMethod[request.method]);
    for (const [name, value] of Object.entries(request.headers))
      context.setHeaderParam(name, value);
    if (request.body !== undefined) context.setBody(request.body);
    context.setSignal(request.signal);
    await kubeconfig.applySecurityAuthentication(context);
    const answer = await http.send(context).toPromise();
    return {
      status: answer.httpStatusCode,
      headers: answer.headers,
      text: await answer.body.text(),
    };
  };
}

function loadKubeconfig(source: ClusterConnection["kubeconfig"]): KubeConfig {
  const subject = "path" in source ? `kubeconfig ${source.path}` : "kubeconfig";
  const kubeconfig = parse(subject, source);
  const problems = problemsOf(kubeconfig);
  if (problems.length > 0) throw new InputError(subject, problems);
  return kubeconfig;
}

function parse(subject: string, source: ClusterConnection["kubeconfig"]): KubeConfig {
  const kubeconfig = new KubeConfig();
  try {
    if ("path" in source) {
      readFileSync(source.path);
      kubeconfig.loadFromFile(source.path);
    } else {
      kubeconfig.loadFromString(source.content);
    }
  } catch (error) {
    throw new InputError(subject, [describeParseError(error)]);
  }
  return kubeconfig;
}

/** Never the parser's own message: it quotes the lines around the error, and those may hold a key. */
function describeParseError(error: unknown): string {
  const { code, mark } = error as { code?: string; mark?: { line?: number } };
  if (code === "ENOENT") return "there is no such file";
  if (code !== undefined) return `cannot be read (${code})`;
  if (mark?.line !== undefined) return `is not YAML (line ${mark.line + 1})`;
  return "is not a kubeconfig: it needs clusters, users, contexts and current-context";
}

function problemsOf(kubeconfig: KubeConfig): string[] {
  const context = kubeconfig.getContextObject(kubeconfig.getCurrentContext());
  if (!context) {
    const named = kubeconfig.getCurrentContext();
    return [`current-context: ${named ? `there is no context "${named}"` : "is not set"}`];
  }
  const problems: string[] = [];
  const cluster = kubeconfig.getCurrentCluster();
  if (!cluster)
    problems.push(`context "${context.name}": there is no cluster "${context.cluster}"`);
  if (!kubeconfig.getCurrentUser()) {
    problems.push(`context "${context.name}": there is no user "${context.user}"`);
  }
  if (cluster) problems.push(...problemsOfServer(cluster.server, cluster.skipTLSVerify));
  return problems;
}

function problemsOfServer(server: string, skipTLSVerify: boolean): string[] {
  if (!URL.canParse(server) || !/^https?:/.test(server)) {
    return [`server: "${server}" is not an http or https URL`];
  }
  // client-node refuses plain http otherwise, at the first call and without a word on the way out
  if (server.startsWith("http:") && !skipTLSVerify) {
    return [
      `server: ${server} is plain http, which needs "insecure-skip-tls-verify: true" beside it`,
    ];
  }
  return [];
}
