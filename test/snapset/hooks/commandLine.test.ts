import { spawnSync } from "node:child_process";
import fc from "fast-check";
import {
  boundedCommand,
  engineSeconds,
  exportsOf,
  remoteCommand,
} from "../../../snapset/hooks/commandLine";
import { isRunning } from "../../command/isRunning";
import { until } from "../../openshift/ssh/sshd";

const hookOf = (run: string, timeout = "30m") => ({ name: "install", run, timeout });

const sh = (command: string, input = "") =>
  spawnSync("/bin/sh", ["-c", command], { input, encoding: "utf8" });

/** What an environment can hold at all. */
const values = fc.string({ unit: "grapheme", maxLength: 40 }).filter((it) => !it.includes("\0"));

describe("a hook's command", () => {
  it("is run by a shell as it was written, quotes and lines and all", () => {
    fc.assert(
      fc.property(values, (text) => {
        const run = `cat <<'END OF IT'\nx${text}\nEND OF IT\necho "$0 it's" \\\\`;
        const plain = sh(run);
        for (const command of [boundedCommand(hookOf(run)), remoteCommand(hookOf(run))]) {
          const { stdout, status } = sh(command);
          expect([stdout, status]).toEqual([plain.stdout.replace("/bin/sh", "sh"), 0]);
        }
      }),
      { numRuns: 20 },
    );
  });

  it("gets its variables over standard input, and nothing else of it", () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        const run = 'printf "%s|%s|" "$A" "$B_2"; cat';
        const input = exportsOf({ A: a, B_2: b });
        expect(sh(remoteCommand(hookOf(run)), input).stdout).toBe(`${a}|${b}|`);
      }),
      { numRuns: 20 },
    );
  });

  it("ends as what it runs ends", () => {
    const { status, stderr } = sh(boundedCommand(hookOf("echo no >&2; exit 124")));
    expect([status, stderr]).toEqual([124, "no\n"]);
  });

  it("ends at its time-out, with all that it has started, and says so", async () => {
    const { status, stdout, stderr } = sh(
      boundedCommand(hookOf("sleep 600 & echo $!; wait", "0.5s")),
    );
    expect([status, stderr]).toEqual([124, "hook install: ended by its time-out of 0.5s\n"]);
    await until(() => !isRunning(stdout.trim()));
  });

  it("is given up by the engine only after its own end", () => {
    expect(engineSeconds(hookOf("true", "2m"), 300)).toBe(440);
  });
});
