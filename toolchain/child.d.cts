import type { ChildProcess } from "node:child_process";

/**
 * Waits for a child, and ends it should this process end first.
 *
 * @returns its exit code; 1 when a signal ended it
 */
export function exitCodeOf(child: ChildProcess): Promise<number>;
