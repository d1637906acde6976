import { readFileSync } from "node:fs";

/** Linux counts in hundredths of a second towards programs (`USER_HZ`), whatever it does inside. */
const ticksPerSecond = 100;

/** Seconds that a process has had of the processors, all its threads together; on Linux only. */
export function cpuSecondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The command's name stands in brackets and may hold blanks: proc_pid_stat(5), fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}
