import { InputError } from "../../../common/errors";
import { listed } from "../../../common/listed";
import { judgeReset, type ResetVerdict } from "../../../snapset/reset/preflight";
import type { ObservedNode } from "../../../snapset/reset/resetNode";
import { isSnapId } from "../../../snapset/snapId";
import type { Context } from "../../context";
import { observeNodes } from "./observe";
import type { ResetOrder } from "./types";

/** A verdict that holds no problem, and what it is about. */
export type ResetPreflight = Omit<ResetVerdict, "problems"> & { seen: ObservedNode[] };

/**
 * Finds what a reset would do, and everything that is known to stop it. It changes nothing.
 *
 * @throws {InputError} with all the problems
 */
export async function preflightReset(
  { nodes, snapId, trigger, readiness }: ResetOrder,
  context: Context,
): Promise<ResetPreflight> {
  const seen = await observeNodes(nodes, context);
  const hasVolumes = nodes.some(({ volumes }) => volumes.length > 0);
  const snapshots = hasVolumes ? await context.cloud.blockStorage.listSnapshots() : [];
  const verdict = judgeReset(seen, snapshots, { snapId, trigger }, readiness.policy);
  const { problems, ...rest } = verdict;
  if (problems.length > 0) throw new InputError(`reset to set ${snapId}`, problems);
  return { ...rest, seen };
}

/**
 * What a reset would do, to be said before it begins; nothing when all is as it should be.
 *
 * @throws {InputError} as {@link preflightReset}
 */
export async function foreseeReset(order: ResetOrder, context: Context): Promise<string[]> {
  const { nodes } = await preflightReset(order, context);
  if (nodes.length === 0) return [];
  const set = isSnapId(order.snapId) ? `set ${order.snapId}` : "another set";
  return [`resets in place to ${set}: ${listed(nodes)}; what was written since is lost`];
}
