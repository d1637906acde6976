import { Refusal } from "../refusal";
import type { BareMetalNode, SnapshotInterfaceName } from "./records";
import type { Task } from "./Tasks";

/** The specification's driver interface, `SnapshotInterface`. */
export interface SnapshotInterface {
  /** @throws {Refusal} 400 when this node cannot be snapshotted into that image */
  validate(node: BareMetalNode, imageRef: string): void;
  /**
   * Performs a snapshot of the task's node.
   *
   * @returns "snapshot wait" if it is in progress asynchronously, "active" if it is complete
   */
  snapshot(task: Task): Promise<"snapshot wait" | "active">;
  /** Continues it, when the ramdisk has called. */
  continueSnapshot(task: Task): Promise<void>;
  /** Cleans up the environment for it; what is clean already stays as it is. */
  cleanUp(task: Task): Promise<void>;
}

/** Succeeds without doing anything, as every `fake` interface of Ironic: the image stays empty. */
const fakeSnapshot: SnapshotInterface = {
  validate: () => undefined,
  snapshot: () => Promise.resolve("active"),
  continueSnapshot: () => Promise.resolve(),
  cleanUp: () => Promise.resolve(),
};

/** Of hardware that has none. */
const noSnapshot: SnapshotInterface = {
  validate: ({ fields }) => {
    throw new Refusal(
      400,
      `Driver ${fields.driver} does not support snapshot (disabled or not implemented).`,
    );
  },
  snapshot: () => Promise.reject(new Error("There is nothing that could make a snapshot.")),
  continueSnapshot: () => Promise.resolve(),
  cleanUp: () => Promise.resolve(),
};

/** The interface of a node. */
export function snapshotInterfaceOf(
  { fields }: BareMetalNode,
  agent: SnapshotInterface,
): SnapshotInterface {
  const kinds: Record<SnapshotInterfaceName, SnapshotInterface> = {
    fake: fakeSnapshot,
    "no-snapshot": noSnapshot,
    agent,
  };
  return kinds[fields.snapshot_interface as SnapshotInterfaceName];
}
