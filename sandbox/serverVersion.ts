/** `GET /version`, which anybody may read. */
export const serverVersion = {
  major: "1",
  minor: "31",
  gitVersion: "v1.31.7",
  gitCommit: "",
  gitTreeState: "clean",
  buildDate: "2026-01-01T00:00:00Z",
  goVersion: "go1.22",
  compiler: "gc",
  platform: "linux/amd64",
};
