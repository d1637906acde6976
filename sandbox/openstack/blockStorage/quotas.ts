import type { World } from "../../world/world";
import { param, type Face } from "../face";

/** Cinder's limits and quota sets. */
export function addVolumeQuotas(face: Face, world: World): void {
  const limit = (name: string, otherwise = -1) => world.quotas[name] ?? otherwise;
  const usage = (projectId: string) => {
    const volumes = world.volumes.all().filter((volume) => volume.projectId === projectId);
    const gigabytes = volumes.reduce((sum, volume) => sum + volume.size, 0);
    const isOwn = (snapshot: { projectId: string }) => snapshot.projectId === projectId;
    const snapshots = world.volumes.snapshots().filter(isOwn).length;
    return { volumes: volumes.length, gigabytes, snapshots };
  };
  face.on("get", "/v3/:project/limits", "showLimits", (c) => {
    const used = usage(c.get("caller").projectId);
    const absolute = {
      maxTotalVolumes: limit("volumes"),
      maxTotalSnapshots: limit("snapshots"),
      maxTotalVolumeGigabytes: limit("gigabytes"),
      maxTotalBackups: 10,
      maxTotalBackupGigabytes: 1000,
      totalVolumesUsed: used.volumes,
      totalGigabytesUsed: used.gigabytes,
      totalSnapshotsUsed: used.snapshots,
      totalBackupsUsed: 0,
      totalBackupGigabytesUsed: 0,
    };
    return c.json({ limits: { rate: [], absolute } });
  });
  face.on("get", "/v3/:project/os-quota-sets/:id", "showQuotaSet", (c) => {
    const id = param(c, "id");
    const used = usage(id) as Record<string, number>;
    const isDetailed = c.req.query("usage")?.toLowerCase() === "true";
    const limits = {
      volumes: limit("volumes"),
      per_volume_gigabytes: -1,
      snapshots: limit("snapshots"),
      gigabytes: limit("gigabytes"),
      backups: 10,
      backup_gigabytes: 1000,
      groups: 10,
    };
    const entries = Object.entries(limits).map(([name, max]) => [
      name,
      isDetailed ? { limit: max, in_use: used[name] ?? 0, reserved: 0 } : max,
    ]);
    return c.json({ quota_set: { ...(Object.fromEntries(entries) as object), id } });
  });
}
