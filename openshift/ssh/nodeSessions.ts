import type { Client, ClientChannel } from "ssh2";
import type { Clock } from "../../common/clock";
import type { Cluster } from "../api/cluster";

/** An SSH session with a node; whoever has opened it ends its client. */
export interface NodeSession {
  client: Client;
  /** For messages: `node master-0 (core@192.168.32.10:22)`. */
  subject: string;
  user: string;
  /** Starts a command in the user's login shell. */
  start: (command: string) => Promise<ClientChannel>;
}

/** How long a connection may take. */
export interface ConnectWait {
  deadlineMs: number;
  clock: Clock;
  signal?: AbortSignal | undefined;
}

/** Opens a session with a node of a cluster. */
export type OpenNode = (
  cluster: Cluster,
  nodeName: string,
  wait: ConnectWait,
) => Promise<NodeSession>;
