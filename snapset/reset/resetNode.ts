import type { Role } from "../roles";

/** A data volume that a reset is to leave on a node: filled from the set, and never used before. */
export interface ResetVolume {
  /** As the environment calls it. The one on the server whose place it takes has the same name. */
  name: string;
  /** Empty text in a preview in which it is not known yet. */
  volumeId: string;
}

/** A server that goes back to its image of a set. */
export interface ResetNode {
  name: string;
  role: Role;
  serverId: string;
  imageId: string;
  /** In the order of their devices. */
  volumes: ResetVolume[];
}

/** What of a Cinder volume decides about a reset. */
export interface VolumeView {
  id: string;
  name: string;
  status: string;
  attachments: readonly { server_id: string; device: string | null }[];
}

/** What of a Nova server decides about a reset. */
export interface ServerView {
  status: string;
  taskState: string | null;
  /** Empty text for a server that boots from a volume. */
  imageId: string;
  /** What its metadata say, see `mark.ts`. */
  mark: string | undefined;
  isLocked: boolean;
  fault: string | undefined;
  /** As Nova has them, in no order. */
  volumeIds: readonly string[];
}

/** A node as it is to be, and as the cloud shows it. */
export interface ObservedNode {
  node: ResetNode;
  server: ServerView | undefined;
  /** All volumes of the project. */
  volumes: ReadonlyMap<string, VolumeView>;
}
