import type { Cluster } from "./api/cluster";
import { bootIdOf, isCordoned, isCordonedByUs, rolesOf } from "./nodes/nodes";
import { earliestExpiry, readSigners, type Signer } from "./rotation/signers";
import type { ClusterVersion, Infrastructure, Node } from "./api/types";

/** What a set's manifest keeps about the cluster. */
export interface ClusterFacts {
  clusterId: string;
  version: string;
  /** Completion of the installation, ISO 8601. */
  installedAt?: string;
  platform: string;
  nodes: NodeFacts[];
  signers: Signer[];
  /** The earliest expiry among the signers, ISO 8601. */
  notAfter?: string;
  /** What may keep the cluster from coming back in another environment, one sentence each. */
  warnings: string[];
}

/** A node as the manifest remembers it. */
export interface NodeFacts {
  name: string;
  bootId: string;
  /** Cordoned by somebody other than us: to be left so. */
  cordoned: boolean;
  roles: string[];
  providerId?: string;
}

/** Reads everything that a manifest keeps. Changes nothing. */
export async function readClusterFacts(cluster: Cluster): Promise<ClusterFacts> {
  const [version, infrastructure, nodes, signers] = await Promise.all([
    cluster.readClusterVersion(),
    cluster.readInfrastructure(),
    cluster.listNodes(),
    readSigners(cluster),
  ]);
  const installedAt = installedAtOf(version);
  const notAfter = earliestExpiry(signers);
  const facts = nodes.map(nodeFacts);
  return {
    clusterId: version.spec?.clusterID ?? "",
    version: version.status?.desired?.version ?? "",
    ...(installedAt !== undefined && { installedAt }),
    platform: platformOf(infrastructure),
    nodes: facts,
    signers,
    ...(notAfter !== undefined && { notAfter }),
    warnings: facts.flatMap(warningsAbout),
  };
}

/** Completion of the oldest entry in the version's history; the newest comes first. */
export function installedAtOf(version: ClusterVersion): string | undefined {
  return version.status?.history?.at(-1)?.completionTime ?? undefined;
}

function platformOf({ status }: Infrastructure): string {
  return status?.platformStatus?.type ?? status?.platform ?? "";
}

function nodeFacts(node: Node): NodeFacts {
  const providerId = node.spec?.providerID ?? "";
  return {
    name: node.metadata.name,
    bootId: bootIdOf(node),
    cordoned: isCordoned(node) && !isCordonedByUs(node),
    roles: rolesOf(node),
    ...(providerId !== "" && { providerId }),
  };
}

function warningsAbout({ name, providerId }: NodeFacts): string[] {
  if (providerId === undefined) return [];
  return [
    `node ${name} has spec.providerID ${providerId}: a cloud provider may remove it, because no server in a restored environment has that id`,
  ];
}
