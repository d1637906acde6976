/** What of a Nova server decides about its capture; field names are Nova's. */
export interface ServerView {
  id: string;
  name: string;
  status: string;
  "OS-EXT-STS:task_state": string | null;
  /** The compute host, as the project may know it. */
  hostId: string;
  /** Empty text for a server that boots from a volume. */
  image: { id: string } | "";
  flavorId: string;
  /** Changes with every change of the server's state or task. */
  updated: string;
  fault?: { message: string } | undefined;
  macAddresses: readonly string[];
  volumeIds: readonly string[];
}

/** `compute0 (uuid)`, as messages name a server. */
export function serverLabel({ name, uuid }: { name: string; uuid: string }): string {
  return `instance ${name} (${uuid})`;
}
