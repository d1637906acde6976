import { shellWord } from "../../common/shell";
import { parseDuration } from "../duration";
import { nameOfHook, type Hook } from "./schema";

/** After this a command that was told to end at its time-out is killed. */
const graceSeconds = 10;

/**
 * What a POSIX shell runs for a hook: its command under coreutils' `timeout`, since the engine's
 * own time-outs end neither what a command has started (os/exec's Wait goes on until its output is
 * closed) nor what runs on another host (@pulumi/command, remote/commandOutputs.go).
 */
export function boundedCommand(hook: Pick<Hook, "name" | "run" | "timeout">): string {
  const seconds = Math.ceil(parseDuration(hook.timeout) / 1000);
  const told = `hook ${nameOfHook(hook)}: ended by its time-out of ${hook.timeout}`;
  return [
    "started=$(date +%s)",
    `timeout -k ${graceSeconds} ${seconds} sh -c ${shellWord(hook.run)} && exit 0`,
    "code=$?",
    `[ $(($(date +%s) - started)) -lt ${seconds} ] || echo ${shellWord(told)} >&2`,
    "exit $code",
  ].join("\n");
}

/**
 * The same for a host behind SSH: environment variables come by standard input, since sshd refuses
 * all that AcceptEnv does not name, and so they stand in no command line and no message.
 */
export function remoteCommand(hook: Pick<Hook, "name" | "run" | "timeout">): string {
  return `exec sh -c ${shellWord(`eval "$(cat)"\n${boundedCommand(hook)}`)}`;
}

/** Variables as a shell reads them, for the standard input of {@link remoteCommand}. */
export function exportsOf(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `export ${name}=${shellWord(value)}\n`)
    .join("");
}

/** When the engine gives up on a hook, in seconds: for what `timeout` cannot end. */
export function engineSeconds({ timeout }: Pick<Hook, "timeout">, connectSeconds: number): number {
  return Math.ceil(parseDuration(timeout) / 1000) + 2 * graceSeconds + connectSeconds;
}
