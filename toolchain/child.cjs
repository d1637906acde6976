/**
 * Waits for a child, and ends it should this process end first.
 *
 * @param {import("node:child_process").ChildProcess} child
 */
function exitCodeOf(child) {
  // As Ctrl-C would: go and npm then remove what they leave unfinished.
  const end = () => child.kill("SIGINT");
  process.once("exit", end);
  return new Promise((resolve, reject) => {
    child.once("error", reject).once("close", (code) => resolve(code ?? 1));
  }).finally(() => process.off("exit", end));
}

module.exports = { exitCodeOf };
