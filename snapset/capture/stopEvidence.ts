import type { Stop } from "../manifest";

/** How a server that a capture brought down went down. */
export interface StopRecord {
  stop: Stop;
  /** How long it took as it was seen; null when it was not timed. */
  seconds: number | null;
}

/**
 * Whether a server answered the power button, from how long it took: Nova pulls the plug when its
 * time-out is over, and calls both SHUTOFF (nova `virt/libvirt/driver.py`, `_clean_shutdown`).
 *
 * @param seconds from Nova's acceptance of the stop until SHUTOFF was seen
 * @param timeoutMs the guest's `os_shutdown_timeout`, else Nova's `shutdown_timeout`
 */
export function judgeStop(seconds: number, timeoutMs: number): StopRecord {
  return { stop: seconds * 1000 < timeoutMs ? "graceful" : "forced", seconds };
}
