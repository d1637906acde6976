import fc from "fast-check";
import { decodeManifest, encodeManifest } from "../../snapset/manifest";
import { manifestOf, volumeOf, withVolumes } from "./arbitraries";

describe("manifest", () => {
  it("is plain JSON while it fits a Glance property", () => {
    const manifest = manifestOf("AbCdEf12");
    expect(encodeManifest(manifest)).toEqual({ snapset_manifest: JSON.stringify(manifest) });
  });

  it("comes back as it was, at any size that fits", () => {
    const manifest = fc
      .record({
        words: fc.array(fc.lorem(), { maxLength: 50 }),
        repeat: fc.integer({ min: 1, max: 80 }),
      })
      .map(({ words, repeat }) =>
        manifestOf("AbCdEf12", { environment: Array.from({ length: repeat }, () => words) }),
      );
    fc.assert(
      fc.property(manifest, (data) => {
        const properties = encodeManifest(data);
        for (const value of Object.values(properties)) {
          expect(Buffer.byteLength(value)).toBeLessThanOrEqual(65_535);
        }
        expect(decodeManifest(properties, "image")).toEqual(data);
      }),
    );
  });

  const noise = (length: number) =>
    manifestOf("AbCdEf12", { environment: Array.from({ length }, (_, i) => Math.sin(i)) });

  it("takes as many properties as it needs", () => {
    const manifest = noise(20_000);
    const properties = encodeManifest(manifest);
    expect(Object.keys(properties).slice(0, 2)).toEqual(["snapset_manifest", "snapset_manifest_2"]);
    expect(decodeManifest(properties, "image")).toEqual(manifest);
  });

  it("refuses to be cut", () => {
    expect(() => encodeManifest(noise(200_000))).toThrow(
      /^snapset_manifest has \d+ bytes even compressed; 32 Glance properties hold 2096832$/,
    );
  });

  it("still reads what the first schema wrote, which held no volumes", () => {
    const old = {
      schemaVersion: 1,
      snapId: "AbCdEf12",
      environmentName: "lab",
      capturedAt: "2026-11-21T10:00:00.000Z",
      notAfter: null,
      members: [
        {
          name: "master0",
          role: "ocp_master",
          imageId: "i1",
          imageName: "hotstack-master0-snapshot-AbCdEf12",
          serverId: "server-master0",
          macAddresses: ["fa:16:9e:81:f6:10"],
          sizeBytes: 1000,
          minDiskGb: 1,
          hashAlgo: "sha512",
          hashValue: "hash-master0",
          stop: "stopped",
        },
      ],
      cluster: null,
      phases: [],
      environment: null,
    };
    const [member] = old.members;
    const members = [{ ...member, excludedVolumes: ["volume-1"] }];
    const text = JSON.stringify({ ...old, members });
    expect(decodeManifest({ snapset_manifest: text }, "image")).toEqual({
      ...old,
      consistency: "shutdown",
      members: [
        {
          ...member,
          platform: "nova",
          flavor: null,
          stopSeconds: null,
          indications: [],
          volumes: [],
          virtualMachine: null,
          bareMetal: null,
        },
      ],
    });
  });

  it("keeps the volumes of a member", () => {
    const volumes = [
      volumeOf("root", { isRoot: true, device: "/dev/vda" }),
      volumeOf("scratch", { policy: "exclude", snapshotId: null, device: null }),
    ];
    const manifest = withVolumes(manifestOf("AbCdEf12"), volumes);
    expect(decodeManifest(encodeManifest(manifest), "image").members[1]?.volumes).toEqual(volumes);
  });

  it("names what is wrong with a manifest of others", () => {
    const read = (text: string) => decodeManifest({ snapset_manifest: text }, "image i");
    expect(() => read('{"schemaVersion":1}')).toThrow(/^image i: 8 problems\n/);
    expect(() => read("null")).toThrow("image i: Invalid input: expected object, received null");
    expect(() => read('{"schemaVersion":4}')).toThrow(
      "image i: the manifest has schema 4, this version of SnapSet reads up to 3: update SnapSet",
    );
    expect(() => decodeManifest({}, "image i")).toThrow(
      "image i: snapset_manifest cannot be read: snapset_manifest is missing",
    );
  });
});
