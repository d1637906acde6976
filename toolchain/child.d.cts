import type { ChildProcess } from "node:child_process";

/**
 * Waits for a child. SIGINT and SIGTERM end the child first, then this process; told again, this
 * process does not wait.
 *
 * @returns its exit code; 1 when a signal ended it
 */
export function exitCodeOf(child: ChildProcess): Promise<number>;
