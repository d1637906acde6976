/**
 * The states that the snapshot specification adds to a node's state machine, with every way in and
 * out; the words are the specification's. Whatever else is asked of a node in one of these states is
 * refused.
 */
export const snapshotTransitions = [
  { from: "active", event: "snapshot", to: "snapshotting", meaning: "Prepare boot and network" },
  { from: "snapshotting", event: "fail", to: "snapshot failed", meaning: "On error" },
  { from: "snapshotting", event: "wait", to: "snapshot wait", meaning: "Wait for ramdisk alive" },
  {
    from: "snapshot wait",
    event: "resume",
    to: "snapshotting",
    meaning: "Image streaming and uploading",
  },
  { from: "snapshot wait", event: "fail", to: "snapshot failed", meaning: "On timeout" },
  { from: "snapshot wait", event: "abort", to: "snapshot failed", meaning: "On abort request" },
  { from: "snapshotting", event: "done", to: "active", meaning: "Snapshot complete" },
  { from: "snapshot failed", event: "abort", to: "active", meaning: "Abort a failed snapshot" },
  {
    from: "snapshot failed",
    event: "snapshot",
    to: "snapshotting",
    meaning: "Retrigger a failed snapshot",
  },
  {
    from: "snapshot wait",
    event: "deleted",
    to: "deleting",
    meaning: "Abort snapshot and undeploy",
  },
  { from: "snapshot failed", event: "deleted", to: "deleting", meaning: "Abort and undeploy" },
] as const;

/** What a client may ask for; the other events are Ironic's own. */
export type SnapshotVerb = "snapshot" | "abort" | "deleted";

/** Whether Ironic accepts a verb of a node in a state. */
export function accepts(state: string, verb: SnapshotVerb): boolean {
  return snapshotTransitions.some(({ from, event }) => from === state && event === verb);
}

/** What Ironic itself is doing, or waiting for, in a state; undefined for a state of rest. */
export function activityIn(state: string): string | undefined {
  switch (state) {
    case "snapshotting":
      return "netboots its ramdisk, or streams and uploads its disk";
    case "snapshot wait":
      return "waits for its ramdisk to call";
    default:
      return undefined;
  }
}
