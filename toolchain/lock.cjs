const {
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} = require("node:fs");
const { dirname, join } = require("node:path");

const staleAfterMs = 60_000;

/**
 * Runs `work` while holding a lock that other processes see: a directory, made or not made in one step.
 * A holder keeps its lock fresh; one that has died, or that has not touched it for a minute, loses it.
 * Two processes could take over one dead lock in the same instant: then both do the same work, and
 * what they make is put in place by rename.
 *
 * @param {string} path
 * @param {(waitingFor: string) => void} onWait called once when somebody else holds the lock
 * @param {() => Promise<T>} work
 * @template T
 */
async function withLock(path, onWait, work) {
  let told = false;
  while (!take(path)) {
    if (!told) onWait(`process ${holderOf(path)}`);
    told = true;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  const fresh = setInterval(() => touch(path), staleAfterMs / 6);
  const release = () => rmSync(path, { recursive: true, force: true });
  process.once("exit", release);
  try {
    return await work();
  } finally {
    clearInterval(fresh);
    process.off("exit", release);
    release();
  }
}

function take(path) {
  mkdirSync(dirname(path), { recursive: true });
  try {
    mkdirSync(path);
    writeFileSync(join(path, "pid"), String(process.pid));
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
  }
  if (isStale(path)) remove(path);
  return false;
}

function isStale(path) {
  try {
    if (Date.now() - statSync(path).mtimeMs > staleAfterMs) return true;
    process.kill(Number(readFileSync(join(path, "pid"), "utf8")), 0);
    return false;
  } catch (error) {
    // No such process; whereas ENOENT is a lock just given back, or not yet signed.
    return error.code === "ESRCH";
  }
}

/** Only one of several that see a stale lock succeeds in renaming it. */
function remove(path) {
  const aside = `${path}.${process.pid}.stale`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
  rmSync(aside, { recursive: true, force: true });
}

function holderOf(path) {
  try {
    return readFileSync(join(path, "pid"), "utf8");
  } catch {
    return "unknown";
  }
}

function touch(path) {
  const now = new Date();
  try {
    utimesSync(path, now, now);
  } catch {
    // Taken over by another process after this one was suspended; both finish their work.
  }
}

module.exports = { withLock };
