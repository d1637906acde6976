/** A flavor; `disk` and `ram` in GB and MB as in Nova. */
export interface Flavor {
  readonly id: string;
  readonly name: string;
  readonly vcpus: number;
  readonly ram: number;
  readonly disk: number;
}

/** Nova's vm_state, as far as it is modelled. */
export type VmState = "building" | "active" | "stopped" | "paused" | "suspended" | "error";

/** A volume on a server. */
export interface ServerVolume {
  volumeId: string;
  device: string;
  deleteOnTermination: boolean;
  attachmentId: string;
  mappingId: string;
  isRoot: boolean;
}

/** One entry of os-instance-actions. */
export interface InstanceAction {
  action: string;
  requestId: string;
  startedAt: Date;
  userId: string;
  /** `Error` when it failed later. */
  message: "Error" | null;
}

/** A server as Nova knows it. The machine inside it is a guest. */
export interface Server {
  readonly id: string;
  name: string;
  readonly projectId: string;
  readonly userId: string;
  vmState: VmState;
  taskState: string | null;
  /** Empty until it is scheduled. */
  host: string;
  /** The server group that it was made in. */
  readonly groupId: string | undefined;
  readonly flavor: Flavor;
  /** Empty when the root disk is a volume. */
  imageId: string;
  /** The image's properties at boot: Nova keeps them, and snapshots inherit them. */
  imageProperties: Readonly<Record<string, string>>;
  /** The image's min_disk at boot. */
  imageMinDisk: number;
  imageSize: number;
  metadata: Record<string, string>;
  readonly keyName: string | null;
  readonly userData: string | null;
  readonly hasConfigDrive: boolean;
  readonly tags: string[];
  description: string | null;
  isLocked: boolean;
  portIds: string[];
  /** Ports that Nova made itself and deletes with the server. */
  readonly ownPortIds: Set<string>;
  volumes: ServerVolume[];
  readonly createdAt: Date;
  updatedAt: Date;
  launchedAt: Date | null;
  fault: { code: number; message: string; created: Date } | null;
  actions: InstanceAction[];
}

/** Nova's `status`, which it works out from vm_state. */
export function statusOf(server: Server): string {
  if (server.taskState?.startsWith("rebuil") === true) return "REBUILD";
  switch (server.vmState) {
    case "building":
      return "BUILD";
    case "active":
      return server.taskState === "rebooting" || server.taskState === "reboot_started"
        ? "REBOOT"
        : server.taskState === "rebooting_hard"
          ? "HARD_REBOOT"
          : "ACTIVE";
    case "stopped":
      return "SHUTOFF";
    case "paused":
      return "PAUSED";
    case "suspended":
      return "SUSPENDED";
    case "error":
      return "ERROR";
  }
}

/** Nova's power_state: 0 NOSTATE, 1 RUNNING, 3 PAUSED, 4 SHUTDOWN. */
export function powerStateOf(server: Server): number {
  switch (server.vmState) {
    case "building":
    case "error":
      return 0;
    case "active":
      return 1;
    case "paused":
      return 3;
    case "stopped":
    case "suspended":
      return 4;
  }
}
