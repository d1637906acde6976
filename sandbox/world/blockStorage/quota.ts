import { Refusal } from "../refusal";

/** What counts for a project's quotas: a volume or a snapshot. */
interface Counted {
  readonly projectId: string;
  readonly type: string;
  readonly size: number;
}

/** Quota → how much a project uses of it; snapshots count as gigabytes too. */
export type StorageUsage = Record<string, number>;

/** What a project uses of Cinder's quotas, in all and by volume type. */
export function storageUsage(
  projectId: string,
  volumes: readonly Counted[],
  snapshots: readonly Counted[],
): StorageUsage {
  const usage: StorageUsage = { volumes: 0, snapshots: 0, gigabytes: 0 };
  const count = (name: string, type: string, by: number) => {
    for (const key of [name, `${name}_${type}`]) usage[key] = (usage[key] ?? 0) + by;
  };
  for (const [name, things] of [
    ["volumes", volumes],
    ["snapshots", snapshots],
  ] as const) {
    for (const thing of things) {
      if (thing.projectId !== projectId) continue;
      count(name, thing.type, 1);
      count("gigabytes", thing.type, thing.size);
    }
  }
  return usage;
}

/**
 * Holds a new volume or snapshot to the quotas, in the order and in the words of cinder's
 * quota_utils.py: gigabytes first.
 *
 * @throws {Refusal} 413
 */
export function checkStorageQuota(
  quotas: Readonly<Record<string, number>>,
  usage: Readonly<StorageUsage>,
  resource: "volumes" | "snapshots",
  { type, size }: { type: string; size: number },
): void {
  const isOver = (name: string, by: number) => {
    const limit = quotas[name] ?? -1;
    return limit >= 0 && (usage[name] ?? 0) + by > limit;
  };
  for (const name of ["gigabytes", `gigabytes_${type}`]) {
    if (!isOver(name, size)) continue;
    const numbers = `Requested ${size}G, quota is ${quotas[name] ?? -1}G and ${usage[name] ?? 0}G has been consumed.`;
    throw overLimit(
      `VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed ${name} quota. ${numbers}`,
    );
  }
  for (const name of [resource, `${resource}_${type}`]) {
    if (!isOver(name, 1)) continue;
    const allowed = `(${quotas[name] ?? -1}) exceeded`;
    throw overLimit(
      resource === "snapshots"
        ? `SnapshotLimitExceeded: Maximum number of snapshots allowed ${allowed}`
        : `VolumeLimitExceeded: Maximum number of volumes allowed ${allowed} for quota '${name}'.`,
    );
  }
}

// Cinder puts `retryAfter: 0` on every 413 that comes from a quota.
const overLimit = (message: string) => new Refusal(413, message, "OverQuota", 0);
