import { errorOf, nodeLabel, type NodeView } from "./node";

/** A machine that is to be off, and what this run has told it. */
export interface PowerObservation {
  /** Undefined when Ironic no longer lists it. */
  node: NodeView | undefined;
  /** How it was told to go down last; undefined when it was not. */
  told: "soft power off" | "power off" | undefined;
  /** Since it was told so, milliseconds. */
  toldMs: number;
  /** How long its operating system has for it, milliseconds. */
  timeoutMs: number;
  /** Whether its hardware has refused to ask the operating system. */
  isSoftRefused: boolean;
}

/** What to do about one machine now. */
export type PowerStep =
  | { kind: "tell"; target: "soft power off" | "power off" }
  | { kind: "wait"; seen: string }
  | { kind: "off" }
  | { kind: "failed"; reason: string };

/**
 * The next step on a machine's way to `power off`: its operating system is asked, and when it has not
 * gone down in time, the power is cut, as Nova does with a server.
 */
export function planPowerOff(seen: PowerObservation): PowerStep {
  const { node, told, toldMs, timeoutMs, isSoftRefused } = seen;
  if (node === undefined) return { kind: "failed", reason: "its node is gone from Ironic" };
  if (node.powerState === "power off") return { kind: "off" };
  const state = node.powerState ?? "in a power state that is not known";
  const waiting = { kind: "wait", seen: `${nodeLabel(node)} is ${state}${errorOf(node)}` } as const;
  if (told === undefined && !isSoftRefused) {
    return node.reservation === null ? { kind: "tell", target: "soft power off" } : waiting;
  }
  const isOver = isSoftRefused || toldMs >= timeoutMs;
  const isFree = node.reservation === null && node.targetPowerState === null;
  return told !== "power off" && isOver && isFree ? { kind: "tell", target: "power off" } : waiting;
}
