import { isConflict } from "../../openstack";
import { snapshotMarkKey, type NodeView } from "../../snapset/ironic/node";
import type { Context } from "../context";

/**
 * Takes the mark of a set's snapshot off a node, so that nobody takes a later one for it. A node that a
 * conductor holds at the moment keeps it: the next look comes by again.
 *
 * @returns whether it is off
 */
export async function clearMark(
  { uuid, snapshotMark }: NodeView,
  snapId: string,
  { cloud }: Context,
): Promise<boolean> {
  if (snapshotMark !== snapId) return true;
  try {
    await cloud.bareMetal.updateNode(uuid, [{ op: "remove", path: `/extra/${snapshotMarkKey}` }]);
    return true;
  } catch (error) {
    if (!isConflict(error)) throw error;
    return false;
  }
}
