import type { Cluster } from "../api/cluster";
import type { Node } from "../api/types";

/** By what a node tells which machine it runs on. */
export interface NodeMachine {
  name: string;
  /** The machine's own id (SMBIOS), in lower case; empty when the kubelet does not know it. */
  systemUuid: string;
  internalIps: string[];
}

/** The machines that all nodes of a cluster say they run on. */
export async function readNodeMachines(cluster: Cluster): Promise<NodeMachine[]> {
  return (await cluster.listNodes()).map(machineOf);
}

function machineOf({ metadata, status }: Node): NodeMachine {
  const addresses = status?.addresses ?? [];
  return {
    name: metadata.name,
    systemUuid: (status?.nodeInfo?.systemUUID ?? "").toLowerCase(),
    internalIps: addresses.filter(({ type }) => type === "InternalIP").map((it) => it.address),
  };
}
