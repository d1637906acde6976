import { Refusal } from "../../world/refusal";
import type { World } from "../../world/world";
import { param, type Face } from "../face";

/** Cinder's limits and quota sets. */
export function addVolumeQuotas(face: Face, world: World): void {
  const limit = (name: string) => world.quotas[name] ?? -1;
  face.on("get", "/v3/:project/limits", "showLimits", (c) => {
    const used = world.volumes.usage(c.get("caller").projectId);
    const absolute = {
      maxTotalVolumes: limit("volumes"),
      maxTotalSnapshots: limit("snapshots"),
      maxTotalVolumeGigabytes: limit("gigabytes"),
      maxTotalBackups: 10,
      maxTotalBackupGigabytes: 1000,
      totalVolumesUsed: used["volumes"],
      totalGigabytesUsed: used["gigabytes"],
      totalSnapshotsUsed: used["snapshots"],
      totalBackupsUsed: 0,
      totalBackupGigabytesUsed: 0,
    };
    return c.json({ limits: { rate: [], absolute } });
  });
  face.on("get", "/v3/:project/os-quota-sets/:id", "showQuotaSet", (c) => {
    const id = param(c, "id");
    const caller = c.get("caller");
    if (id !== caller.projectId && !caller.isAdmin) {
      throw new Refusal(403, "Policy doesn't allow volume_extension:quotas:show to be performed.");
    }
    const used = world.volumes.usage(id);
    const isDetailed = c.req.query("usage")?.toLowerCase() === "true";
    const entries = Object.entries(limits(world, limit)).map(([name, max]) => [
      name,
      isDetailed ? { limit: max, in_use: used[name] ?? 0, reserved: 0 } : max,
    ]);
    return c.json({ quota_set: { ...(Object.fromEntries(entries) as object), id } });
  });
}

function limits(world: World, limit: (name: string) => number): Record<string, number> {
  const ofTypes = world.volumes.types.flatMap(({ name }) =>
    ["volumes", "gigabytes", "snapshots"].map((resource) => `${resource}_${name}`),
  );
  return {
    volumes: limit("volumes"),
    per_volume_gigabytes: -1,
    snapshots: limit("snapshots"),
    gigabytes: limit("gigabytes"),
    backups: 10,
    backup_gigabytes: 1000,
    ...Object.fromEntries(ofTypes.map((name) => [name, limit(name)])),
    groups: 10,
  };
}
