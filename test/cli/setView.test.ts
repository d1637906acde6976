import { viewOf, type SetView, type Viewpoint } from "../../cli/setView";
import { assembleSets, type SetImage, type SetSnapshot } from "../../snapset/sets";
import {
  hotstackImage,
  manifestOf,
  snapsetImage,
  snapshotOf,
  volumeOf,
  withVolumes,
} from "../snapset/arbitraries";

const viewpoint = {
  projectId: "us",
  owners: "project",
  now: new Date("2026-11-22T00:00:00Z"),
} as const;

const manifest = manifestOf("AbCdEf12", {
  cluster: {
    clusterId: "c1",
    version: "4.18.12",
    nodes: [{ name: "master0", bootId: "b1", cordoned: false }],
  },
});

const committed = (of = manifest): SetImage[] => [
  snapsetImage("controller", "AbCdEf12", { snapset_manifest: JSON.stringify(of) }),
  snapsetImage("master0", "AbCdEf12"),
];

function viewsOf(
  images: SetImage[],
  changes: Partial<Viewpoint> = {},
  snapshots: SetSnapshot[] = [],
): SetView[] {
  return assembleSets(images, snapshots).map((set) =>
    viewOf(set, { images, snapshots }, { ...viewpoint, ...changes }),
  );
}

describe("viewOf", () => {
  it("shows a committed set as its manifest describes it", () => {
    expect(viewsOf(committed())).toEqual([
      {
        snapId: "AbCdEf12",
        environment: "lab",
        capturedAt: "2026-11-21T10:00:00.000Z",
        notAfter: "2026-12-20T10:00:00.000Z",
        state: "complete",
        problems: [],
        madeBy: "snapset",
        project: "us",
        namespace: null,
        sizeBytes: 2000,
        consistency: "shutdown",
        members: manifest.members.map((member) => ({
          name: member.name,
          role: member.role,
          imageId: member.imageId,
          imageStatus: "active",
          macAddresses: ["fa:16:9e:81:f6:05"],
          sizeBytes: 1000,
          stop: "graceful",
          stopSeconds: 12,
          indications: [],
          volumes: [],
        })),
        cluster: { id: "c1", version: "4.18.12", nodes: ["master0"] },
        phases: [],
      },
    ]);
  });

  it("shows the volumes with what became of their snapshots, and counts those that it holds", () => {
    const there = volumeOf("data");
    const gone = volumeOf("more", { device: "/dev/vdc" });
    const out = volumeOf("scratch", { policy: "exclude", snapshotId: null });
    const images = committed(withVolumes(manifest, [there, gone, out]));
    const [view] = viewsOf(images, {}, [snapshotOf(there)]);
    expect(view?.members[1]?.volumes.map((it) => [it.name, it.policy, it.snapshotStatus])).toEqual([
      ["data", "include", "available"],
      ["more", "include", "gone"],
      ["scratch", "exclude", null],
    ]);
    expect(view?.sizeBytes).toBe(2000 + 40 * 2 ** 30);
    expect(view?.problems).toEqual([
      "member master0: snapshot snapshot-more of its volume more is not there",
    ]);
  });

  it("keeps a member in sight whose image is gone", () => {
    const [view] = viewsOf(committed().slice(0, 1));
    expect(view).toMatchObject({
      state: "refused",
      problems: ["member master0: image master0-AbCdEf12 is gone"],
    });
    expect(view?.members.map((member) => member.imageStatus)).toEqual(["active", "gone"]);
  });

  it("says that the cluster of a set has expired, and whose set it is", () => {
    const now = new Date("2026-12-21T00:00:00Z");
    expect(viewsOf(committed(), { now, projectId: "them" })[0]).toMatchObject({
      state: "refused",
      problems: [
        "it belongs to project us",
        "its cluster's certificates expired at 2026-12-20T10:00:00.000Z; snapset:allowExpired restores it all the same",
      ],
    });
  });

  it("does not call a set complete that has no manifest to say so", () => {
    const images = [hotstackImage("controller", "zzzz0000"), hotstackImage("master0", "zzzz0000")];
    const sized = images.map((image, i) => ({ ...image, size: 100 * (i + 1) }));
    const [view] = viewsOf(sized);
    expect(view).toMatchObject({
      environment: null,
      capturedAt: "2026-11-21T10:00:00.000Z",
      notAfter: null,
      state: "no manifest",
      madeBy: "hotstack",
      sizeBytes: 300,
      cluster: null,
    });
    expect(view?.members[1]).toEqual({
      name: "master0",
      role: "ocp_master",
      imageId: "master0-zzzz0000",
      imageStatus: "active",
      macAddresses: ["fa:16:9e:81:f6:05"],
      sizeBytes: 200,
      stop: null,
      stopSeconds: null,
      indications: [],
      volumes: [],
    });
  });

  it("shows an uncommitted set by the images that are there, whose size may not be known yet", () => {
    const image = { ...snapsetImage("master0", "AbCdEf12"), status: "saving", size: null };
    expect(viewsOf([image])[0]).toMatchObject({
      state: "refused",
      problems: ["it was never committed: no image of it carries a manifest"],
      sizeBytes: 0,
      members: [{ name: "master0", imageStatus: "saving", sizeBytes: null }],
    });
  });
});
