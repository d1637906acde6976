import type { SetView } from "../../cli/setView";

/** A complete set of a controller and a master. */
export function setView(changes: Partial<SetView> = {}): SetView {
  return {
    snapId: "AbCdEf12",
    environment: "snapshot-sno",
    capturedAt: "2026-11-21T10:00:00.000Z",
    notAfter: "2026-12-20T10:00:00.000Z",
    state: "complete",
    problems: [],
    madeBy: "snapset",
    project: "p1",
    sizeBytes: 3_200_000_000,
    members: [
      {
        name: "controller",
        role: "controller",
        imageId: "i1",
        imageStatus: "active",
        macAddresses: ["fa:16:9e:81:f6:05"],
        sizeBytes: 1_200_000_000,
        stop: "found",
        excludedVolumes: [],
      },
      {
        name: "master0",
        role: "ocp_master",
        imageId: "i2",
        imageStatus: "active",
        macAddresses: ["fa:16:9e:81:f6:10", "fa:16:9e:81:f6:11"],
        sizeBytes: 2_000_000_000,
        stop: "stopped",
        excludedVolumes: ["v1", "v2"],
      },
    ],
    cluster: { id: "c1", version: "4.18.12", nodes: ["master0"] },
    phases: [
      {
        name: "stop",
        startedAt: "2026-11-21T10:00:00.000Z",
        endedAt: "2026-11-21T10:01:30.000Z",
        evidence: "2 servers SHUTOFF",
      },
    ],
    ...changes,
  };
}
