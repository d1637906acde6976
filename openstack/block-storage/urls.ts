const snapshot = (id: string) => `/snapshots/${encodeURIComponent(id)}`;

/** Paths of the Block Storage API under its endpoint. */
export const urls = {
  volumesDetail: "/volumes/detail",
  volume: (id: string) => `/volumes/${encodeURIComponent(id)}`,
  snapshots: "/snapshots",
  snapshotsDetail: "/snapshots/detail",
  snapshot,
  snapshotMetadata: (id: string) => `${snapshot(id)}/metadata`,
  quotaSet: (projectId: string) => `/os-quota-sets/${encodeURIComponent(projectId)}`,
  volumeTypes: "/types",
  limits: "/limits",
};
