import { readFileSync } from "node:fs";
import { KubeConfig } from "@kubernetes/client-node";
import { parse as parseYaml } from "yaml";
import { InputError } from "../../common/errors";

/** A kubeconfig as it is given to us. */
export type KubeconfigText =
  | { path: string }
  | { content: string }
  /** Text that another host has sent: it may not make us read files or run commands here. */
  | { content: string; from: string };

/**
 * A kubeconfig whose current context is whole.
 *
 * @throws {InputError} naming what is wrong with it, and quoting nothing of it but names
 */
export function loadKubeconfig(source: KubeconfigText): KubeConfig {
  const subject = subjectOf(source);
  const kubeconfig = parse(subject, source);
  const problems = problemsOf(kubeconfig);
  if (problems.length > 0) throw new InputError(subject, problems);
  return kubeconfig;
}

function subjectOf(source: KubeconfigText): string {
  if ("path" in source) return `kubeconfig ${source.path}`;
  return "from" in source ? `kubeconfig ${source.from}` : "kubeconfig";
}

function parse(subject: string, source: KubeconfigText): KubeConfig {
  const kubeconfig = new KubeConfig();
  try {
    if ("path" in source) {
      readFileSync(source.path);
      kubeconfig.loadFromFile(source.path);
    } else {
      kubeconfig.loadFromString(
        "from" in source ? harmless(subject, source.content) : source.content,
      );
    }
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(subject, [describeParseError(error)]);
  }
  return kubeconfig;
}

const files = [
  "certificate-authority",
  "client-certificate",
  "client-key",
  "token-file",
  "tokenFile",
];
const commands = ["exec", "auth-provider"];

/**
 * Refuses what would be read or run on this machine by the will of another one: client-node reads
 * `token-file` while it parses. What has been looked at is what is loaded, hence the JSON.
 */
function harmless(subject: string, content: string): string {
  const kubeconfig = parseYaml(content) as { clusters?: unknown; users?: unknown } | null;
  const entries = [kubeconfig?.clusters, kubeconfig?.users].flatMap((list) =>
    Array.isArray(list) ? (list as { name?: unknown; cluster?: object; user?: object }[]) : [],
  );
  const problems = entries.flatMap(({ name, cluster, user }) =>
    Object.keys(cluster ?? user ?? {}).flatMap((key) => {
      if (files.includes(key)) {
        return `"${String(name)}": ${key} names a file there; embed it (oc config view --raw --flatten)`;
      }
      if (!commands.includes(key)) return [];
      return `"${String(name)}": ${key} would run a command here; use certificates or a token`;
    }),
  );
  if (problems.length > 0) throw new InputError(subject, problems);
  return JSON.stringify(kubeconfig);
}

/** A file that cannot be read, js-yaml's error (client-node), and yaml's (ours). */
interface ParseError {
  code?: string;
  mark?: { line?: number };
  linePos?: [{ line: number }];
}

/** Never the parser's own message: it quotes the lines around the error, and those may hold a key. */
function describeParseError(error: unknown): string {
  const { code, mark, linePos } = error as ParseError;
  if (code === "ENOENT") return "there is no such file";
  if (linePos) return `is not YAML (line ${linePos[0].line})`;
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
