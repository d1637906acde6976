/** Paths of the Block Storage API under its endpoint. */
export const urls = {
  volumesDetail: "/volumes/detail",
  volume: (id: string) => `/volumes/${encodeURIComponent(id)}`,
  snapshotsDetail: "/snapshots/detail",
  limits: "/limits",
};
