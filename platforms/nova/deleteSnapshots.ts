import { counted } from "../../common/counted";
import { waitFor } from "../../common/wait";
import { isBadRequest, type Snapshot } from "../../openstack";
import type { Context } from "../context";
import { ifThere } from "../tolerate";

/** The states in which Cinder takes the order (cinder `volume/api.py`, delete_snapshot). */
const deletable = ["available", "error"];

/**
 * Deletes snapshots, and waits until they are gone. Cinder deletes in its own time, refuses while a
 * snapshot is being made, and makes one `available` again that was in use: so it is told at each look.
 *
 * @throws {Error} naming those that Cinder cannot delete
 * @throws {TimeoutError} at the deadline
 */
export async function deleteSnapshots(
  snapshots: readonly Snapshot[],
  deadlineMs: number,
  context: Context,
): Promise<void> {
  if (snapshots.length === 0) return;
  const wanted = new Set(snapshots.map(({ id }) => id));
  const { blockStorage } = context.cloud;
  await waitFor({
    what: `${counted(wanted.size, "snapshot")} to be deleted`,
    observe: async () => {
      const left = (await blockStorage.listSnapshots()).filter(({ id }) => wanted.has(id));
      refuseFailed(left);
      await Promise.all(
        left.filter(({ status }) => deletable.includes(status)).map(({ id }) => tell(id, context)),
      );
      return left;
    },
    isDone: (left) => left.length === 0,
    describe: (left) => left.map(({ id, status }) => `${id} ${status}`).join(", "),
    deadlineMs,
    intervalMs: 250,
    clock: context.clock,
    signal: context.signal,
    onProgress: (seen) => {
      context.report(`delete snapshots: ${seen}`);
    },
  });
}

/** Between the look and the order another state may have come: then the next look tells. */
async function tell(id: string, { cloud }: Context): Promise<void> {
  try {
    await ifThere(cloud.blockStorage.deleteSnapshot(id));
  } catch (error) {
    if (!isBadRequest(error)) throw error;
  }
}

function refuseFailed(left: readonly Snapshot[]): void {
  const failed = left.filter(({ status }) => status === "error_deleting");
  if (failed.length === 0) return;
  throw new Error(
    `Cinder could not delete ${failed.map(({ id }) => `snapshot ${id}`).join(", ")}: ` +
      "volumes that were restored from it may depend on it; destroy these first, or ask the cloud's operator to reset its state",
  );
}
