import { description } from "../../cli/description";
import { setView } from "./views";

describe("description", () => {
  it("tells everything about a complete set", () => {
    expect(description(setView()).split("\n")).toEqual([
      "snap_id      AbCdEf12",
      "environment  snapshot-sno",
      "captured at  2026-11-21 10:00:00Z",
      "not after    2026-12-20 10:00:00Z",
      "state        complete",
      "made by      snapset",
      "project      p1",
      "size         25 GB: 3.2 GB in 2 images, 21 GB in 1 volume snapshot",
      "consistency  shutdown",
      "cluster      OpenShift 4.18.12, c1",
      "nodes        master0",
      "",
      "Members",
      "  NAME        ROLE        IMAGE  STATUS  SIZE    SERVER WAS                          MACS",
      "  controller  controller  i1     active  1.2 GB  off before                          fa:16:9e:81:f6:05",
      "  master0     ocp_master  i2     active  2.0 GB  graceful in 12 s (PartialSnapshot)  fa:16:9e:81:f6:10 fa:16:9e:81:f6:11",
      "",
      "Volumes",
      "  NODE     NAME     DEVICE    SIZE    TYPE  USE   POLICY   SNAPSHOT  STATUS",
      "  master0  data     /dev/vdb  20 GiB  nfs   data  include  s1        available",
      "  master0  scratch  -         5 GiB   -     data  exclude  -         -",
      "",
      "Phases of the capture",
      "  PHASE  STARTED AT            TOOK      EVIDENCE",
      "  stop   2026-11-21 10:00:00Z  1 m 30 s  2 servers SHUTOFF",
    ]);
  });

  it("tells of a set of virtual machines in which namespace it is", () => {
    const lines = description(setView({ project: null, namespace: "parks" })).split("\n");
    expect(lines[6]).toBe("namespace    parks");
    expect(lines[7]).toMatch(/^size {9}\d.* in \d+ snapshots?$/);
    const [, headings] = lines.slice(lines.indexOf("Members"));
    expect(headings).toMatch(/^ {2}NAME +ROLE +SNAPSHOT +STATUS +SIZE +MACHINE WAS +MACS$/);
  });

  it("tells of a set without a manifest what is known, and why it cannot be restored", () => {
    const image = {
      name: "master0",
      role: "ocp_master",
      imageId: "i2",
      imageStatus: "saving",
      macAddresses: [],
      sizeBytes: null,
      stop: null,
      stopSeconds: null,
      indications: [],
      volumes: [],
    };
    const set = setView({
      environment: null,
      notAfter: null,
      state: "refused",
      problems: ["it was never committed: no image of it carries a manifest"],
      sizeBytes: 0,
      consistency: null,
      members: [image],
      cluster: null,
      phases: [],
    });
    expect(description(set).split("\n")).toEqual([
      "snap_id      AbCdEf12",
      "environment  (unknown)",
      "captured at  2026-11-21 10:00:00Z",
      "not after    (unknown)",
      "state        cannot be restored, see below",
      "made by      snapset",
      "project      p1",
      "size         0 B in 1 image",
      "consistency  (unknown)",
      "cluster      (none)",
      "",
      "Members",
      "  NAME     ROLE        IMAGE  STATUS  SIZE  SERVER WAS  MACS",
      "  master0  ocp_master  i2     saving  -     -",
      "",
      "It cannot be restored",
      "  - it was never committed: no image of it carries a manifest",
    ]);
  });
});
