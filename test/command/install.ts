import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(__dirname, "../..");

/**
 * A folder of plugins for the Pulumi command: those that `env` has, and the stand-in for `command`.
 *
 * @returns the environment in which the command finds them
 */
export function withCommandPlugin(
  env: Readonly<Record<string, string>>,
  directory: string,
): Record<string, string> {
  const home = join(directory, "home");
  const plugins = join(home, "plugins");
  const known = join(env["PULUMI_HOME"] ?? join(env["HOME"] ?? "", ".pulumi"), "plugins");
  for (const name of existsSync(known) ? readdirSync(known, { withFileTypes: true }) : []) {
    if (name.isDirectory()) linkFiles(join(known, name.name), join(plugins, name.name));
  }
  writeStandIn(join(plugins, "resource-command-v1.2.1"));
  return { ...env, PULUMI_HOME: home };
}

/** The command takes folders for plugins, but no links to folders. */
function linkFiles(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) symlinkSync(join(from, name), join(to, name));
}

function writeStandIn(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const loader = join(root, "common", "typescript.cjs");
  const program = join(root, "test", "command", "provider.ts");
  const lines = ["#!/bin/sh", `exec node --require '${loader}' '${program}' "$@"`, ""];
  writeFileSync(join(folder, "pulumi-resource-command"), lines.join("\n"), { mode: 0o755 });
}
