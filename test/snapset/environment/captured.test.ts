import fc from "fast-check";
import { capturedEnvironment } from "../../../snapset/environment/captured";
import type { Environment, EnvironmentVolume } from "../../../snapset/environment/environment";
import {
  volumePolicies,
  type ManifestMember,
  type ManifestVolume,
} from "../../../snapset/manifest";
import { parseEnvironment } from "../../../snapset/environment/parse";
import { findVolume } from "../../../snapset/setVolumes";
import { manifestOf, volumeOf } from "../arbitraries";

function environmentOf(volumes: object[], changes: object = {}): Environment {
  const node = {
    name: "master0",
    role: "ocp_master",
    image: "rhcos",
    flavor: "small",
    ports: [{ network: "net" }],
    volumes,
    ...changes,
  };
  const networks = [{ name: "net", subnets: [{ name: "subnet", cidr: "192.168.32.0/24" }] }];
  return parseEnvironment({ name: "lab", networks, nodes: [node] }, "lab");
}

function membersOf(volumes: ManifestVolume[]): ManifestMember[] {
  return manifestOf("AbCdEf12").members.map((member) =>
    member.name === "master0" ? { ...member, volumes } : member,
  );
}

const captured = (declared: object[], found: ManifestVolume[], changes: object = {}) =>
  capturedEnvironment(environmentOf(declared, changes), membersOf(found)).nodes[0];

describe("capturedEnvironment", () => {
  it("has what was attached later, and not what was detached, in the order of devices", () => {
    const node = captured(
      [
        { name: "data", sizeGb: 10, image: "seed" },
        { name: "detached", sizeGb: 1 },
      ],
      [
        volumeOf("later", { device: "/dev/vdc", sizeGb: 7, type: "fast", policy: "empty" }),
        volumeOf("data", { device: "/dev/vdb", sizeGb: 20 }),
      ],
    );
    expect(node?.volumes).toEqual([
      { name: "data", sizeGb: 20, image: "seed", capture: "include" },
      { name: "later", sizeGb: 7, type: "fast", capture: "empty" },
    ]);
  });

  it("has the root disk that was found: a volume, or none", () => {
    const root = volumeOf("boot", { isRoot: true, device: "/dev/vda", sizeGb: 30, type: "fast" });
    expect(captured([], [root])).toMatchObject({
      image: "rhcos",
      rootVolume: { sizeGb: 30, type: "fast" },
      volumes: [],
    });
    expect(captured([], [], { rootVolume: { sizeGb: 30 } })?.rootVolume).toBeUndefined();
  });

  it("keeps what a guest sees its volumes as, and the order in which it boots from them", () => {
    const device = { type: "cdrom", bus: "scsi" };
    const found = [
      volumeOf("boot", { isRoot: true, device: "/dev/vda", sizeGb: 5 }),
      volumeOf("disk", { device: "/dev/vdb", sizeGb: 60 }),
    ];
    const declared = [{ name: "disk", sizeGb: 60, bootIndex: 1, device: { type: "disk" } }];
    expect(captured(declared, found, { rootVolume: { sizeGb: 5, device } })).toMatchObject({
      rootVolume: { sizeGb: 5, device },
      volumes: [{ name: "disk", bootIndex: 1, device: { type: "disk" } }],
    });
  });

  it("calls a volume by its id whose name is another's, the root's, or not one for us", () => {
    const found = [
      volumeOf("root", { isRoot: true, device: "/dev/vda" }),
      volumeOf("data", { volumeId: "id-1", device: "/dev/vdb" }),
      volumeOf("data", { volumeId: "id-2", device: "/dev/vdc" }),
      volumeOf("master0-root", { volumeId: "id-3", device: "/dev/vdd" }),
      volumeOf("a/b", { volumeId: "id-4", device: "/dev/vde" }),
      volumeOf("id-1", { volumeId: "id-5", device: "/dev/vdf" }),
    ];
    const names = captured([], found)?.volumes.map(({ name }) => name);
    expect(names).toEqual(["data", "id-2", "id-3", "id-4", "id-5"]);
  });

  it("leaves a node alone that is no member", () => {
    const environment = environmentOf([{ name: "data", sizeGb: 1 }]);
    expect(capturedEnvironment(environment, [])).toEqual(environment);
  });
});

const names = fc.constantFrom("data", "logs", "scratch", "master0-root", "a/b", "x".repeat(255));
const devices = fc.option(fc.constantFrom("vdb", "vdc", "vdz", "vdaa", "vdab"));
const manifestVolume: fc.Arbitrary<ManifestVolume> = fc.record({
  name: names,
  volumeId: fc.uuid(),
  device: devices.map((device) => device && `/dev/${device}`),
  sizeGb: fc.integer({ min: 1, max: 1000 }),
  type: fc.option(fc.string({ minLength: 1 })),
  isRoot: fc.constant(false),
  policy: fc.constantFrom(...volumePolicies),
  snapshotId: fc.option(fc.uuid()),
});
const found = fc
  .tuple(
    fc.uniqueArray(manifestVolume, { selector: (it) => it.volumeId, maxLength: 8 }),
    fc.option(manifestVolume, { nil: undefined }),
  )
  .map(([data, root]) => (root === undefined ? data : [{ ...root, isRoot: true }, ...data]));
const declared = fc.uniqueArray(
  fc.record({ name: fc.constantFrom("data", "logs", "more", "master0-root"), sizeGb: fc.nat(9) }),
  { selector: (it) => it.name },
);
const held = (nodes: Environment["nodes"] | undefined): EnvironmentVolume[] =>
  nodes?.[0]?.volumes ?? [];

describe("for any volumes, the captured environment", () => {
  it.each<[string, (volumes: ManifestVolume[], environment: Environment) => void]>([
    [
      "is a valid one",
      (_volumes, environment) => {
        expect(parseEnvironment(environment, "captured")).toEqual(environment);
      },
    ],
    [
      "finds each volume of the set by its name, with its size and policy",
      (volumes, { nodes }) => {
        const again = held(nodes).map(({ name }) => findVolume(volumes, name));
        const data = volumes.filter(({ isRoot }) => !isRoot);
        expect(new Set(again)).toEqual(new Set(data));
        expect(held(nodes).map((it) => [it.sizeGb, it.capture])).toEqual(
          again.map((it) => [it?.sizeGb, it?.policy]),
        );
      },
    ],
    [
      "stays as it is when the same is captured again",
      (volumes, environment) => {
        expect(capturedEnvironment(environment, membersOf(volumes))).toEqual(environment);
      },
    ],
  ])("%s", (_what, holds) => {
    fc.assert(
      fc.property(declared, found, (names, volumes) => {
        const sized = names.map(({ name, sizeGb }) => ({ name, sizeGb: sizeGb + 1 }));
        holds(volumes, capturedEnvironment(environmentOf(sized), membersOf(volumes)));
      }),
    );
  });
});
