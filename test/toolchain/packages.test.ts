import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeProblem, packagesAreCurrent } from "../../toolchain/packages.cjs";

test.each(["20.19.0", "20.20.2", "22.0.0"])("Node %s will do", (version) => {
  expect(nodeProblem(version)).toBeUndefined();
});

test.each(["18.20.1", "20.18.3"])("Node %s is too old, and it is said what to install", (old) => {
  expect(nodeProblem(old)).toBe(
    `Node ${old} is too old: install Node 20.19 or newer (https://nodejs.org/).`,
  );
});

test("packages are current while the lock file is the one that they were installed from", () => {
  const root = mkdtempSync(join(tmpdir(), "snapset-packages-"));
  try {
    writeFileSync(join(root, "package-lock.json"), "{}");
    expect(packagesAreCurrent(root)).toBe(false);
    mkdirSync(join(root, "node_modules"));
    const stamp = createHash("sha256").update("{}").digest("hex");
    writeFileSync(join(root, "node_modules", ".snapset-lock-hash"), stamp);
    expect(packagesAreCurrent(root)).toBe(true);
    writeFileSync(join(root, "package-lock.json"), '{"lockfileVersion":3}');
    expect(packagesAreCurrent(root)).toBe(false);
  } finally {
    rmSync(root, { recursive: true });
  }
});
