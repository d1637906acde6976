import { errorOf, nodeLabel, type NodeView } from "./node";

/** A machine that is to be off, and what this run has told it. */
export interface PowerObservation {
  /** Undefined when Ironic no longer lists it. */
  node: NodeView | undefined;
  /** How it was told to go down last; undefined when it was not. */
  told: "soft power off" | "power off" | undefined;
  /** Since it was told to go down the first time, milliseconds. */
  toldMs: number;
  /** Since it was told so last. */
  toldLastMs: number;
  /** How long its operating system has for it, milliseconds. */
  timeoutMs: number;
  /** Whether its hardware has refused to ask the operating system. */
  isSoftRefused: boolean;
}

/**
 * How long one press of the power button is waited for. A system that was still starting has not heard
 * it; Nova presses again, too (nova `conf/compute.py`, shutdown_retry_interval: 10 s).
 */
export const pressMs = 20_000;

/** What to do about one machine now. */
export type PowerStep =
  | { kind: "tell"; target: "soft power off" | "power off" }
  | { kind: "wait"; seen: string }
  | { kind: "off" }
  | { kind: "failed"; reason: string };

/**
 * The next step on a machine's way to `power off`: its operating system is asked, again and again, and
 * when it has not gone down in time, the power is cut, as Nova does with a server.
 */
export function planPowerOff(seen: PowerObservation): PowerStep {
  const { node, told, toldMs, toldLastMs, timeoutMs, isSoftRefused } = seen;
  if (node === undefined) return { kind: "failed", reason: "its node is gone from Ironic" };
  if (node.powerState === "power off") return { kind: "off" };
  const state = node.powerState ?? "in a power state that is not known";
  const waiting = { kind: "wait", seen: `${nodeLabel(node)} is ${state}${errorOf(node)}` } as const;
  if (told === undefined && !isSoftRefused) {
    return node.reservation === null ? { kind: "tell", target: "soft power off" } : waiting;
  }
  const isFree = node.reservation === null && node.targetPowerState === null;
  if (told === "power off" || !isFree) return waiting;
  if (isSoftRefused || toldMs >= timeoutMs) return { kind: "tell", target: "power off" };
  return toldLastMs >= pressMs ? { kind: "tell", target: "soft power off" } : waiting;
}
