import { readFileSync } from "node:fs";
import { utils } from "ssh2";
import { fingerprintOf } from "./knownHosts";
import { expandHome } from "../../common/home";

/** With what to log in: one of a key's file, its text, or an agent. */
export interface SshLogin {
  user: string;
  /** Private key, OpenSSH or PEM. */
  keyFile?: string | undefined;
  /** The private key's text: a secret. */
  privateKey?: string | undefined;
  /** Of an encrypted key: a secret. */
  passphrase?: string | undefined;
  /** True for the agent at SSH_AUTH_SOCK, or its socket. @default true when no key is given */
  agent?: boolean | string | undefined;
}

/** A login that is ready to be used. */
export interface LoadedLogin {
  user: string;
  /** For messages: which key, never the key. */
  description: string;
  privateKey?: Buffer | undefined;
  passphrase?: string | undefined;
  agent?: string | undefined;
}

/**
 * Reads and checks the key, so that what is wrong with it is said before anything is contacted.
 *
 * @param environment where SSH_AUTH_SOCK is looked up
 * @param problems gets a sentence for each thing that is wrong
 */
export function loadLogin(
  login: SshLogin,
  environment: NodeJS.ProcessEnv,
  problems: string[],
): LoadedLogin {
  const { user, keyFile, privateKey, passphrase } = login;
  if (user === "") problems.push("user: is empty");
  const given = Object.entries({ keyFile, privateKey, agent: login.agent || undefined })
    .filter(([, value]) => value !== undefined)
    .map(([name]) => name);
  if (given.length > 1) problems.push(`${given.join(" and ")}: exclude each other`);
  if (privateKey !== undefined) {
    return loadKey(user, "privateKey", Buffer.from(privateKey), passphrase, problems);
  }
  if (keyFile === undefined) return loadAgent(user, login.agent ?? true, environment, problems);
  const file = expandHome(keyFile);
  try {
    return loadKey(user, `keyFile: ${file}`, readFileSync(file), passphrase, problems);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown";
    problems.push(`keyFile: ${file} cannot be read (${code})`);
    return { user, description: `key ${file}` };
  }
}

function loadKey(
  user: string,
  what: string,
  privateKey: Buffer,
  passphrase: string | undefined,
  problems: string[],
): LoadedLogin {
  const found = utils.parseKey(privateKey, passphrase);
  const key = found instanceof Error ? found : [found].flat()[0];
  if (key === undefined || key instanceof Error) {
    problems.push(`${what}: ${describeKeyError(key, passphrase !== undefined)}`);
    return { user, description: what };
  }
  if (!key.isPrivateKey()) problems.push(`${what}: is a public key; the private one is needed`);
  const description = `key ${fingerprintOf(key.getPublicSSH())} (${what.replace("keyFile: ", "")})`;
  return { user, description, privateKey, passphrase };
}

/** The parser has no codes: its own words (ssh2, keyParser.js) are all that tells the cases apart. */
function describeKeyError(error: Error | undefined, hasPassphrase: boolean): string {
  if (error && /no passphrase given/.test(error.message)) {
    return "is encrypted: give its passphrase, or use an agent";
  }
  if (hasPassphrase) return "cannot be decrypted; is the passphrase right?";
  return "is not a private key in OpenSSH's or PEM form";
}

function loadAgent(
  user: string,
  agent: boolean | string,
  environment: NodeJS.ProcessEnv,
  problems: string[],
): LoadedLogin {
  const socket = typeof agent === "string" ? expandHome(agent) : environment["SSH_AUTH_SOCK"];
  if (agent === false || !socket) {
    problems.push("no key: give keyFile, privateKey, or an agent (SSH_AUTH_SOCK is not set)");
  }
  return { user, description: `keys of the agent at ${socket ?? "?"}`, agent: socket };
}
