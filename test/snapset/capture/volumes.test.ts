import fc from "fast-check";
import type { EnvironmentNode } from "../../../snapset/environment/environment";
import { volumePolicies, type VolumePolicy } from "../../../snapset/manifest";
import {
  policyProblems,
  sharedVolumeProblems,
  volumeProblems,
  volumesOf,
  type VolumeView,
  type VolumeWishes,
} from "../../../snapset/capture/volumes";
import { byId, volumeViewOf } from "./domain";

function ownerOf(volumes: readonly VolumeView[], isVolumeBacked = false) {
  const volumeIds = volumes.map(({ id }) => id);
  return { name: "master0", uuid: "uuid-master0", volumeIds, isVolumeBacked };
}

/** Wishes of a configuration, and of an environment with one node. */
function wishesOf(
  policies: VolumeWishes["policies"] = {},
  declared: Record<string, VolumePolicy> = {},
  node = "master0",
): VolumeWishes {
  const volumes = Object.entries(declared).map(([name, capture]) => ({
    name,
    sizeGb: 20,
    capture,
  }));
  return { policies, environment: { nodes: [{ name: node, volumes } as EnvironmentNode] } };
}

const nothingWished: VolumeWishes = { policies: {}, environment: null };

function policiesOf(volumes: readonly VolumeView[], wishes: VolumeWishes, isVolumeBacked = false) {
  const found = volumesOf(ownerOf(volumes, isVolumeBacked), byId(volumes), wishes);
  return found.map(({ policy }) => policy);
}

/** `0` → `/dev/vda`, `26` → `/dev/vdaa`: the order in which Nova gives devices. */
function deviceAt(index: number): string {
  const letters = (n: number): string =>
    (n < 26 ? "" : letters(Math.floor(n / 26) - 1)) + String.fromCharCode(97 + (n % 26));
  return `/dev/vd${letters(index)}`;
}

const policy = fc.constantFrom(...volumePolicies);
const volumeName = fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom("constructor", "valueOf"));

describe("the volumes of a server", () => {
  it("are described as Cinder and Nova have them", () => {
    const data = volumeViewOf("data", "/dev/vdb");
    expect(volumesOf(ownerOf([data]), byId([data]), nothingWished)).toEqual([
      {
        name: "data",
        volumeId: "id-data",
        device: "/dev/vdb",
        sizeGb: 20,
        type: "fast",
        isRoot: false,
        policy: "include",
      },
    ]);
  });

  it("go by their id where they have no name", () => {
    const nameless = volumeViewOf("", "/dev/vdb", { id: "some-id" });
    expect(volumesOf(ownerOf([nameless]), byId([nameless]), nothingWished)).toMatchObject([
      { name: "some-id" },
    ]);
  });

  it("have the device that they are on this server, not on another", () => {
    const attachments = [
      { server_id: "uuid-other", device: "/dev/vdz" },
      { server_id: "uuid-master0", device: "/dev/vdc" },
    ];
    const shared = volumeViewOf("shared", null, { attachments });
    expect(volumesOf(ownerOf([shared]), byId([shared]), nothingWished)).toMatchObject([
      { device: "/dev/vdc" },
    ]);
  });

  it("are in the order of their devices, however Nova lists them; those without come last", () => {
    const devices = fc.uniqueArray(fc.nat({ max: 60 }), { minLength: 1 });
    fc.assert(
      fc.property(devices, fc.boolean(), (indices, hasNone) => {
        const volumes = indices.map((i) => volumeViewOf(`v${i}`, deviceAt(i)));
        if (hasNone) volumes.unshift(volumeViewOf("none", null));
        const found = volumesOf(ownerOf(volumes), byId(volumes), nothingWished);
        const sorted = indices.toSorted((a, b) => a - b).map(deviceAt);
        expect(found.map(({ device }) => device)).toEqual(hasNone ? [...sorted, null] : sorted);
      }),
    );
  });

  it("have one root where the server boots from a volume, and none where it does not", () => {
    const bootable = { bootable: "true" };
    const volumes = [
      volumeViewOf("data", "/dev/sda"),
      volumeViewOf("copy", "/dev/vdb", bootable),
      volumeViewOf("root", "/dev/vda", bootable),
    ];
    const rootsOf = (isVolumeBacked: boolean) =>
      volumesOf(ownerOf(volumes, isVolumeBacked), byId(volumes), nothingWished)
        .filter(({ isRoot }) => isRoot)
        .map(({ name }) => name);
    expect(rootsOf(true)).toEqual(["root"]);
    expect(rootsOf(false)).toEqual([]);
  });
});

describe("what the set does with a volume", () => {
  it("is to hold its data, unless somebody says otherwise", () => {
    fc.assert(
      fc.property(volumeName, (name) => {
        expect(policiesOf([volumeViewOf(name)], wishesOf())).toEqual(["include"]);
      }),
    );
  });

  it("is what the configuration says of its id, else of its name, else what its environment says", () => {
    const said = fc.record({ id: policy, name: policy, environment: policy }, { requiredKeys: [] });
    fc.assert(
      fc.property(said, ({ id, name, environment }) => {
        const wishes = wishesOf(
          { ...(id && { "id-data": id }), ...(name && { data: name }) },
          environment && { data: environment },
        );
        expect(policiesOf([volumeViewOf("data")], wishes)).toEqual([
          id ?? name ?? environment ?? "include",
        ]);
      }),
    );
  });

  it("is not what the environment says of another node's volume of that name", () => {
    const wishes = wishesOf({}, { data: "exclude" }, "worker0");
    expect(policiesOf([volumeViewOf("data")], wishes)).toEqual(["include"]);
  });

  it("is always to hold the root's data", () => {
    const volumes = [
      volumeViewOf("root", "/dev/vda", { bootable: "true" }),
      volumeViewOf("data", "/dev/vdb"),
    ];
    fc.assert(
      fc.property(policy, policy, (byName, byOwnId) => {
        const wishes = wishesOf({ root: byName, "id-root": byOwnId, data: byName });
        expect(policiesOf(volumes, wishes, true)).toEqual(["include", byName]);
      }),
    );
  });
});

describe("problems of volumes", () => {
  it.each(["in-use", "available"])("none with one that is %s", (status) => {
    const volumes = [volumeViewOf("data", "/dev/vdb", { status })];
    expect(volumeProblems(ownerOf(volumes), byId(volumes))).toEqual([]);
  });

  it.each(["error", "maintenance", "detaching", "uploading"])("one that is %s", (status) => {
    const volumes = [volumeViewOf("data", "/dev/vdb", { status })];
    expect(volumeProblems(ownerOf(volumes), byId(volumes))).toEqual([
      `volume data (id-data) of instance master0 (uuid-master0) is ${status}; ` +
        "it must be in-use: wait until that is over, or reset its state",
    ]);
  });

  it("one that the project does not see", () => {
    expect(volumeProblems(ownerOf([volumeViewOf("data")]), new Map())).toEqual([
      "instance master0 (uuid-master0) has volume id-data, which this project cannot see: detach it",
    ]);
  });

  it("one on two servers of the capture, each with the first", () => {
    const owners = ["a", "b", "c"].map((name) => ({
      name,
      uuid: `uuid-${name}`,
      volumeIds: ["shared", `own-${name}`],
      isVolumeBacked: false,
    }));
    expect(sharedVolumeProblems(owners, new Map())).toEqual([
      "volume shared is attached to a and to b: a set cannot restore a shared volume; detach it from one",
      "volume shared is attached to a and to c: a set cannot restore a shared volume; detach it from one",
    ]);
    expect(sharedVolumeProblems(owners.slice(0, 1), new Map())).toEqual([]);
    const attachments = owners.map(({ uuid }) => ({ server_id: uuid, device: "/dev/vdb" }));
    const shared = volumeViewOf("shared", null, { id: "shared", attachments });
    expect(sharedVolumeProblems(owners, byId([shared]))).toHaveLength(2);
  });

  it("one that a server outside the capture writes to as well", () => {
    const attachments = [
      { server_id: "uuid-other", device: "/dev/vdb" },
      { server_id: "uuid-master0", device: "/dev/vdc" },
    ];
    const volumes = [volumeViewOf("data", null, { attachments })];
    expect(sharedVolumeProblems([ownerOf(volumes)], byId(volumes))).toEqual([
      "volume id-data is attached to server uuid-other, which is not in the capture, and to master0: " +
        "a set cannot restore a shared volume; detach it from one",
    ]);
  });

  it("a policy about no volume of the capture", () => {
    const volumes = byId([volumeViewOf("data"), volumeViewOf("", "/dev/vdc", { id: "some-id" })]);
    expect(policyProblems({ data: "empty", "some-id": "exclude" }, volumes)).toEqual([]);
    expect(policyProblems({ date: "empty", "id-data": "empty" }, volumes)).toEqual([
      "snapset:volumes.date: no server of the capture has such a volume; there is data, some-id",
    ]);
    expect(policyProblems({ data: "empty" }, new Map())).toEqual([
      "snapset:volumes.data: no server of the capture has such a volume; there is none",
    ]);
  });
});
