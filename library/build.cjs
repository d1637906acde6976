// Compiles the library into dist/: Pulumi does not compile what is in node_modules.
const { execFileSync } = require("node:child_process");
const { copyFileSync, readFileSync, rmSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");

const root = join(__dirname, "..");
const dist = join(root, "dist");

rmSync(dist, { recursive: true, force: true });
const tsc = require.resolve("typescript/bin/tsc");
execFileSync(process.execPath, [tsc, "-p", "tsconfig.build.json"], { cwd: root, stdio: "inherit" });
copyFileSync(join(root, "dynamic", "boot.cjs"), join(dist, "dynamic", "boot.cjs"));
enterByPackage(join(dist, "dynamic", "stub.js"));

/**
 * In somebody else's program the stubs enter by the package's name: Pulumi runs them in the folder of
 * that program. In the checkout their text stays as it is in the state of its stacks.
 */
function enterByPackage(file) {
  const own = '"./dynamic/boot.cjs"';
  const text = readFileSync(file, "utf8");
  if (!text.includes(own)) throw new Error(`${file} does not require ${own}`);
  writeFileSync(file, text.replaceAll(own, '"snapset/dynamic/boot.cjs"'));
}
