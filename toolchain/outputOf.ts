import { execFileSync } from "node:child_process";

/** What a command prints; undefined where there is none, or where it fails. */
export function outputOf(command: string, args: readonly string[]): string | undefined {
  try {
    return execFileSync(command, args, {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      env: { ...process.env, GOTOOLCHAIN: "local", PULUMI_SKIP_UPDATE_CHECK: "true" },
    });
  } catch {
    return undefined;
  }
}
