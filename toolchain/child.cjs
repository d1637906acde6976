const { constants } = require("node:os");

const endings = ["SIGINT", "SIGTERM"];

/**
 * Waits for a child. A signal to end ends the child first, then this process; told again, this
 * process does not wait.
 *
 * @param {import("node:child_process").ChildProcess} child
 */
function exitCodeOf(child) {
  let told;
  const exit = () => process.exit(128 + constants.signals[told]);
  const end = (signal) => {
    if (told !== undefined) exit();
    told = signal;
    // As Ctrl-C does, which npm and go know best.
    child.kill("SIGINT");
  };
  for (const signal of endings) process.on(signal, end);
  return new Promise((resolve, reject) => {
    child.once("error", reject).once("close", (code) => {
      if (told !== undefined) exit();
      resolve(code ?? 1);
    });
  }).finally(() => {
    for (const signal of endings) process.off(signal, end);
  });
}

module.exports = { exitCodeOf };
