import { cpus, loadavg, release, totalmem, type as systemType } from "node:os";

/** What the figures were measured on, and how busy it was before. */
export function describeMachine(now: Date): string {
  const processors = cpus();
  const memoryGib = (totalmem() / 2 ** 30).toFixed(0);
  const loads = loadavg()
    .map((load) => load.toFixed(1))
    .join(" ");
  return (
    `${now.toISOString().slice(0, 16)}Z, ${processors.length} × ${processors[0]?.model.trim() ?? "CPU"}, ` +
    `${memoryGib} GiB, ${systemType()} ${release()}, Node ${process.version}; ` +
    `load at the start ${loads} (1, 5, 15 minutes)`
  );
}
