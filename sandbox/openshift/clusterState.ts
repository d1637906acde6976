import type { World } from "../world";
import { clusterTimes, lifetimes } from "./times";

/** From when to when a certificate is valid, in milliseconds since the epoch. */
export interface Validity {
  notBefore: number;
  notAfter: number;
}

/** What the cluster knows of a node, and the node's own certificate. */
export interface NodeState {
  role: "master" | "worker";
  ip: string;
  unschedulable: boolean;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  createdAt: number;
  /** As the kubelet last reported. */
  bootId: string;
  /** Of the machine, as the kubelet last reported. */
  systemUuid?: string;
  readySince: number;
  /** The kubelet's last heartbeat. */
  renewedAt: number;
  kubelet: Validity;
  /** Of what the kubelet serves on port 10250: logs, commands in pods. */
  serving: Validity;
  /** Until when its kubelet can ask for a first certificate; unset when for ever. */
  bootstrapUntil?: number;
  /** Unset until the first stop. */
  lastStop?: "graceful" | "hard";
}

/** The three conditions that matter, and since when each has been as it is. */
export type OperatorConditions = Record<
  "Available" | "Progressing" | "Degraded",
  { status: "True" | "False"; since: number }
>;

/** What an operator last wrote. */
export interface OperatorState {
  conditions: OperatorConditions;
  leaseRenewedAt: number;
}

/** The names of the signers whose dates the cluster keeps. */
export type SignerName = "csr-signer" | "csr-signer-signer" | "kube-apiserver-to-kubelet-signer";

/** Everything that a cluster's etcd holds: plain JSON, on the disk of every master. */
export interface ClusterState {
  kind: "etcd";
  clusterId: string;
  infrastructureName: string;
  startedAt: number;
  apiAt: number;
  installedAt: number;
  /** When certificates are due to be rotated next. */
  rotationAt: number;
  signers: Record<SignerName, Validity>;
  /** When somebody deleted secrets that have not been made anew yet. */
  signersDeletedAt?: Partial<Record<SignerName, number>>;
  /** What signs instead of the csr-signer above, and until when, after that was made anew. */
  signing?: { validity: Validity; until: number };
  /** When the static pods last began to roll out because of a new signer. */
  rolloutAt?: number;
  nodes: Record<string, NodeState>;
  operators: Record<string, OperatorState>;
  /** When it was written to this disk: after a boot the newest copy wins. */
  savedAt: number;
}

/** All that a worker's disk knows of its cluster. */
export interface WorkerDisk {
  kind: "worker";
  clusterId: string;
}

/** A cluster whose installation begins now. */
export function newCluster({ clock, ids }: Pick<World, "clock" | "ids">): ClusterState {
  const now = clock.nowMs();
  const first = { notBefore: now, notAfter: now + lifetimes.firstMs };
  const modelled = (ms: number) => now + ms / clock.timeScale;
  return {
    kind: "etcd",
    clusterId: ids.uuid(),
    infrastructureName: `sandbox-${ids.hex(5)}`,
    startedAt: now,
    apiAt: modelled(clusterTimes.installApiMs),
    installedAt: modelled(clusterTimes.installMs),
    rotationAt: now + lifetimes.firstRotationMs + ids.next() * lifetimes.firstRotationSpreadMs,
    signers: {
      "csr-signer": first,
      "csr-signer-signer": first,
      "kube-apiserver-to-kubelet-signer": {
        notBefore: now,
        notAfter: now + lifetimes.kubeletSignerMs,
      },
    },
    nodes: {},
    operators: {},
    savedAt: now,
  };
}

/** A node that joins now, with first certificates that live as long as its signer, a day at most. */
export function newNode(
  state: ClusterState,
  role: NodeState["role"],
  ip: string,
  now: number,
): NodeState {
  const signer = state.signers["csr-signer"];
  const first = { notBefore: now, notAfter: Math.min(now + lifetimes.firstMs, signer.notAfter) };
  return {
    role,
    ip,
    unschedulable: false,
    labels: {},
    annotations: {},
    createdAt: now,
    bootId: "",
    readySince: now,
    renewedAt: now,
    kubelet: first,
    serving: first,
    // workers get a token that does not expire
    ...(role === "master" && isFirst(signer) && { bootstrapUntil: signer.notAfter }),
  };
}

function isFirst({ notBefore, notAfter }: Validity): boolean {
  return notAfter - notBefore <= lifetimes.firstMs;
}

/** The cluster on a disk, if there is one. */
export function clusterOnDisk(content: {
  cluster?: unknown;
}): ClusterState | WorkerDisk | undefined {
  const found = content.cluster as Partial<ClusterState | WorkerDisk> | undefined;
  if (found?.kind !== "etcd" && found?.kind !== "worker") return undefined;
  return found as ClusterState | WorkerDisk;
}
