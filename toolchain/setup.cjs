/*
 * The way in on a fresh clone: plain JavaScript without dependencies, until the packages are there.
 *
 *     node toolchain/setup.cjs <command> [arguments]
 */
const { dirname } = require("node:path");
const { ensurePackages, nodeProblem } = require("./packages.cjs");

const root = dirname(__dirname);

async function main() {
  const problem = nodeProblem(process.versions.node);
  if (problem) throw new Error(problem);
  await ensurePackages(root, (line) => console.error(line));
  require("../common/typescript.cjs");
  const { runCommand } = require("./commands.ts");
  process.exitCode = await runCommand(root, process.argv.slice(2));
}

main().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
