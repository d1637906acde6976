/** One volume to snapshot, and what is known of its snapshot right now. */
export interface SnapshotObservation {
  /** Id of the volume. */
  volumeId: string;
  /** For messages: `compute0's data`. */
  label: string;
  snapshot?: { id: string; status: string } | undefined;
  /** Whether this set's identity is written on the snapshot. */
  isOurs: boolean;
  /** Whether Nova makes it, with the image of a server that boots from a volume. */
  isNovas: boolean;
  /** Whether the data are wanted; Nova snapshots all volumes of a server, wanted or not. */
  isWanted: boolean;
  /** Whether another request may be made now. */
  mayAsk: boolean;
  /** The id that Cinder answered in this run, or that Nova wrote into its image. */
  knownId?: string | undefined;
}

/** What to do about one volume now. */
export type SnapshotStep =
  | { kind: "request"; volumeId: string }
  /** A snapshot that Nova made gets the set's identity. */
  | { kind: "own"; volumeId: string; snapshotId: string }
  /** Nova made one of a volume that the set leaves out. */
  | { kind: "discard"; volumeId: string; snapshotId: string }
  | { kind: "wait"; volumeId: string; seen: string }
  | { kind: "done"; volumeId: string; snapshotId: string | null }
  | { kind: "failed"; volumeId: string; reason: string };

/**
 * One tick of the snapshots of volumes, at most `parallel` of ours under way at a time. Cinder's
 * states: cinder `objects/fields.py`, SnapshotStatus.
 */
export function planSnapshots(
  observations: readonly SnapshotObservation[],
  { parallel }: { parallel: number },
): SnapshotStep[] {
  const steps = observations.map(stepOf);
  const isOursUnderWay = ({ isNovas }: SnapshotObservation, i: number): boolean =>
    !isNovas && steps[i]?.kind === "wait";
  let free = parallel - observations.filter(isOursUnderWay).length;
  return observations.map(({ volumeId }, i) => {
    const step = steps[i];
    if (step !== undefined) return step;
    free -= 1;
    return free >= 0 ? { kind: "request", volumeId } : { kind: "wait", volumeId, seen: "its turn" };
  });
}

function stepOf(seen: SnapshotObservation): SnapshotStep | undefined {
  const { volumeId, label, snapshot } = seen;
  if (snapshot === undefined) return withoutSnapshot(seen);
  switch (snapshot.status) {
    case "available":
      return availableStep(seen, snapshot.id);
    case "error":
      if (!seen.isWanted) return { kind: "discard", volumeId, snapshotId: snapshot.id };
      break;
    case "creating":
    case "backing-up":
    case "unmanaging":
    case "restoring":
      return { kind: "wait", volumeId, seen: `${label} ${snapshot.status}` };
    case "deleting":
      if (!seen.isWanted) return { kind: "wait", volumeId, seen: `${label} deleting` };
      break;
  }
  return {
    kind: "failed",
    volumeId,
    reason: `snapshot ${snapshot.id} of ${label} is ${snapshot.status}`,
  };
}

function availableStep(seen: SnapshotObservation, snapshotId: string): SnapshotStep {
  const { volumeId } = seen;
  if (!seen.isWanted) return { kind: "discard", volumeId, snapshotId };
  return { kind: seen.isOurs ? "done" : "own", volumeId, snapshotId };
}

function withoutSnapshot(seen: SnapshotObservation): SnapshotStep | undefined {
  const { volumeId, label } = seen;
  if (!seen.isWanted) return { kind: "done", volumeId, snapshotId: null };
  if (seen.knownId !== undefined) {
    return { kind: "failed", volumeId, reason: `snapshot ${seen.knownId} of ${label} is gone` };
  }
  if (seen.isNovas) return { kind: "wait", volumeId, seen: `${label} at Nova` };
  return seen.mayAsk ? undefined : { kind: "wait", volumeId, seen: `${label} to be asked again` };
}
