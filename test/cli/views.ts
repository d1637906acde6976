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
    namespace: null,
    sizeBytes: 24_674_836_480,
    consistency: "shutdown",
    members: [
      {
        name: "controller",
        role: "controller",
        imageId: "i1",
        imageStatus: "active",
        macAddresses: ["fa:16:9e:81:f6:05"],
        sizeBytes: 1_200_000_000,
        stop: "found",
        stopSeconds: null,
        indications: [],
        volumes: [],
      },
      {
        name: "master0",
        role: "ocp_master",
        imageId: "i2",
        imageStatus: "active",
        macAddresses: ["fa:16:9e:81:f6:10", "fa:16:9e:81:f6:11"],
        sizeBytes: 2_000_000_000,
        stop: "graceful",
        stopSeconds: 12,
        indications: ["PartialSnapshot"],
        volumes: [
          {
            name: "data",
            volumeId: "v1",
            device: "/dev/vdb",
            sizeGb: 20,
            type: "nfs",
            isRoot: false,
            policy: "include",
            snapshotId: "s1",
            snapshotStatus: "available",
          },
          {
            name: "scratch",
            volumeId: "v2",
            device: null,
            sizeGb: 5,
            type: null,
            isRoot: false,
            policy: "exclude",
            snapshotId: null,
            snapshotStatus: null,
          },
        ],
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
