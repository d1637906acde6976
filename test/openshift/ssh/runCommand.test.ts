import { execFileSync } from "node:child_process";
import { commandLine } from "../../../openshift/ssh/runCommand";

test("root needs no sudo; others one that does not ask", () => {
  expect(commandLine("root", ["shutdown", "-h", "+1"])).toBe("shutdown -h +1");
  expect(commandLine("core", ["shutdown", "-c"])).toBe("sudo -n -- shutdown -c");
});

test.each(["it's", "", "a b", "$HOME", "`id`", "a\nb", "*", "-n", "\\", '"', "ü"])(
  "%j arrives as it is",
  (word) => {
    const line = commandLine("root", ["printf", "%s", word]);
    expect(execFileSync("sh", ["-c", line], { encoding: "utf8" })).toBe(word);
  },
);
