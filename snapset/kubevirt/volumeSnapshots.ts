import type { SetSnapshot } from "../sets";
import type { VmContentView } from "./objects";

/** The snapshots of volumes that contents hold, in the words that volumes' snapshots have elsewhere. */
export function volumeSnapshotsIn(contents: readonly VmContentView[]): SetSnapshot[] {
  return contents.flatMap(({ status }) =>
    (status?.volumeSnapshotStatus ?? []).map(({ volumeSnapshotName, readyToUse, error }) => ({
      id: volumeSnapshotName,
      status: readyToUse === true ? "available" : error == null ? "creating" : "error",
      volume_id: "",
      size: 0,
    })),
  );
}
