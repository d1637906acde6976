const { spawn } = require("node:child_process");
const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync, writeFileSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { dirname, join } = require("node:path");
const { exitCodeOf } = require("./child.cjs");
const { withLock } = require("./lock.cjs");

const minimumNode = [20, 19];

/** What is wrong with this version of Node (`20.20.2`), or undefined. */
function nodeProblem(version) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [minMajor, minMinor] = minimumNode;
  if (major > minMajor || (major === minMajor && minor >= minMinor)) return undefined;
  return `Node ${version} is too old: install Node ${minimumNode.join(".")} or newer (https://nodejs.org/).`;
}

/** Whether node_modules was installed from the lock file as it is now. */
function packagesAreCurrent(root) {
  return read(stampOf(root)) === hashOf(root);
}

/** Runs `npm ci` if it has not run for this package-lock.json. */
async function ensurePackages(root, say) {
  if (packagesAreCurrent(root)) return;
  const name = createHash("sha256").update(root).digest("hex").slice(0, 12);
  const lock = join(tmpdir(), `snapset-npm-ci-${name}.lock`);
  const onWait = (holder) => say(`packages: waiting for ${holder}, which installs them`);
  await withLock(lock, onWait, async () => {
    if (packagesAreCurrent(root)) return;
    await install(root, say);
  });
}

async function install(root, say) {
  say("packages: npm ci (usually 30 s) …");
  // Install scripts would download plugins; nothing here needs one.
  const npm = spawn("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if ((await exitCodeOf(npm)) !== 0) throw new Error("npm ci failed; see above");
  mkdirSync(dirname(stampOf(root)), { recursive: true });
  writeFileSync(stampOf(root), hashOf(root));
}

function stampOf(root) {
  return join(root, "node_modules", ".snapset-lock-hash");
}

function hashOf(root) {
  return createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
}

function read(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

module.exports = { ensurePackages, nodeProblem, packagesAreCurrent };
