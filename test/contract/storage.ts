import type { OpenStack, Server, Snapshot, Volume } from "../../openstack";
import type { Fixture } from "./Fixture";
import { refusal } from "./refusal";

const unknownId = "11111111-2222-4333-8444-555555555555";

/** What there is once the suite has begun. */
interface Given {
  fixture: Fixture;
  openStack: OpenStack;
  networkId: string;
  /** Boots from an image, ACTIVE. */
  server: Server;
}

/** What a capture makes beside images of image-backed servers. */
export function describeStorage(given: () => Given): void {
  describe("snapshots of an attached volume", () => {
    describeSnapshots(given);
  });
  describe("an image of a volume-backed server", () => {
    describeVolumeBacked(given);
  });
  describe("images without data", () => {
    describeQueuedImages(given);
  });
}

function describeSnapshots(given: () => Given): void {
  let volume: Volume;
  let snapshot: Snapshot;

  const metadata = () => ({ snapset_id: given().fixture.suffix, snapset_volume: volume.id });

  test("are refused without force, and made with it", async () => {
    const { fixture, openStack, server } = given();
    volume = await fixture.makeAttachedVolume("data", server.id);
    expect(volume).toMatchObject({ multiattach: false, encrypted: false, bootable: "false" });
    const request = { volumeId: volume.id, name: `contract-${fixture.suffix}` };
    const error = await refusal(openStack.blockStorage.createSnapshot(request));
    expect(error.status).toBe(400);
    expect(error.message).toContain(
      `Volume ${volume.id} status must be available, but current status is: in-use.`,
    );
    const forced = { ...request, metadata: metadata(), force: true };
    const made = await openStack.blockStorage.createSnapshot(forced);
    fixture.removeSnapshotLater(made.id);
    expect(["creating", "available"]).toContain(made.status);
    snapshot = await fixture.snapshotIsAvailable(made.id);
    expect(snapshot).toMatchObject({
      name: `contract-${fixture.suffix}`,
      volume_id: volume.id,
      size: volume.size,
      metadata: metadata(),
    });
    expect((await openStack.blockStorage.showVolume(volume.id)).status).toBe("in-use");
  }, 120_000);

  test("are listed as they are shown, page after page", async () => {
    const { fixture, openStack } = given();
    const { blockStorage } = openStack;
    const request = { volumeId: volume.id, name: "contract-second", force: true };
    const second = await blockStorage.createSnapshot(request);
    fixture.removeSnapshotLater(second.id);
    await fixture.snapshotIsAvailable(second.id);
    const listed = await blockStorage.listSnapshots({ volume_id: volume.id });
    expect(listed).toHaveLength(2);
    expect(listed).toContainEqual(await blockStorage.showSnapshot(snapshot.id));
    expect(await blockStorage.listSnapshots({ volume_id: volume.id, limit: 1 })).toEqual(listed);
    const named = await blockStorage.listSnapshots({ name: `contract-${fixture.suffix}` });
    expect(named.map(({ id }) => id)).toEqual([snapshot.id]);
  }, 90_000);

  test("keep the metadata that is not written", async () => {
    const { blockStorage } = given().openStack;
    const all = { ...metadata(), snapset_member: "one" };
    const member = { snapset_member: "one" };
    expect(await blockStorage.updateSnapshotMetadata(snapshot.id, member)).toEqual(all);
    expect((await blockStorage.showSnapshot(snapshot.id)).metadata).toEqual(all);
    const tooLong = blockStorage.updateSnapshotMetadata(snapshot.id, { key: "x".repeat(256) });
    expect((await refusal(tooLong)).status).toBe(413);
  });

  test("count for the quotas, of their volume's type too", async () => {
    const quotas = await given().openStack.blockStorage.showQuotaSet();
    for (const key of ["snapshots", "gigabytes", `snapshots_${volume.volume_type ?? ""}`]) {
      expect(quotas[key]).toEqual({
        limit: expect.any(Number) as number,
        in_use: expect.any(Number) as number,
        reserved: expect.any(Number) as number,
      });
      expect(quotas[key]?.in_use).toBeGreaterThanOrEqual(2);
    }
    expect(quotas).not.toHaveProperty("id");
  });

  test("are deleted; of what is not there a 404 tells", async () => {
    const { openStack, fixture } = given();
    const { blockStorage } = openStack;
    await blockStorage.deleteSnapshot(snapshot.id);
    await fixture.snapshotIsGone(snapshot.id);
    const left = await blockStorage.listSnapshots({ volume_id: volume.id });
    expect(left.map(({ name }) => name)).toEqual(["contract-second"]);
    const unknown = await Promise.all([
      refusal(blockStorage.deleteSnapshot(snapshot.id)),
      refusal(blockStorage.showSnapshot(unknownId)),
      refusal(blockStorage.updateSnapshotMetadata(unknownId, { key: "x" })),
      refusal(blockStorage.createSnapshot({ volumeId: unknownId, name: "none", force: true })),
    ]);
    expect(unknown.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
    expect(unknown[0].requestId).toMatch(/^req-/);
  }, 90_000);
}

function describeVolumeBacked(given: () => Given): void {
  let server: Server;
  let data: Volume;
  let imageId: string;

  test("has no data, and a mapping to a snapshot of every volume", async () => {
    const { fixture, openStack, networkId } = given();
    server = await fixture.makeVolumeBackedServer("volume", networkId);
    expect(server.image).toBe("");
    data = await fixture.makeAttachedVolume("more-data", server.id);
    const name = `contract-image-${fixture.suffix}`;
    const metadata = { snapset_id: fixture.suffix, snapset_member: "volume" };
    imageId = fixture.removeLater(
      await openStack.compute.createImage(server.id, { name, metadata }),
    );
    const image = await openStack.image.showImage(imageId);
    expect(image).toMatchObject({ name, status: "active", size: 0, ...metadata });
    const mapping = mappingOf(image["block_device_mapping"]);
    const snapshots = await Promise.all(
      mapping.map(({ snapshot_id }) =>
        fixture.snapshotIsAvailable(fixture.removeSnapshotLater(snapshot_id)),
      ),
    );
    expect(mapping).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ boot_index: 0, volume_size: 1, device_name: "/dev/vda" }),
        expect.objectContaining({ boot_index: null, volume_size: 1, device_name: "/dev/vdb" }),
      ]),
    );
    expect(mapping.map((entry) => entry.source_type)).toEqual(["snapshot", "snapshot"]);
    expect(snapshots.map((snapshot) => snapshot.name)).toEqual(
      Array(2).fill(`snapshot for ${name}`),
    );
    const volumes = server["os-extended-volumes:volumes_attached"].map(({ id }) => id);
    expect(snapshots.map((snapshot) => snapshot.volume_id).toSorted()).toEqual(
      [...volumes, data.id].toSorted(),
    );
  }, 240_000);

  test("is deleted without its snapshots", async () => {
    const { openStack } = given();
    const image = await openStack.image.showImage(imageId);
    await openStack.image.deleteImage(imageId);
    for (const { snapshot_id } of mappingOf(image["block_device_mapping"])) {
      expect((await openStack.blockStorage.showSnapshot(snapshot_id)).status).toBe("available");
    }
  });
}

interface Mapping {
  source_type: string;
  snapshot_id: string;
}

function mappingOf(property: unknown): Mapping[] {
  return JSON.parse(String(property)) as Mapping[];
}

function describeQueuedImages(given: () => Given): void {
  let imageId: string;
  const tag = () => `contract-journal-${given().fixture.suffix}`;

  test("are made with tags and properties, and wait", async () => {
    const { fixture, openStack } = given();
    const properties = { snapset_id: fixture.suffix, snapset_journal: "x".repeat(60_000) };
    const made = await openStack.image.createImage({ name: "contract", tags: [tag()], properties });
    imageId = fixture.removeLater(made.id);
    expect(made).toMatchObject({
      name: "contract",
      status: "queued",
      visibility: "private",
      owner: openStack.projectId,
      tags: [tag()],
      size: null,
      ...properties,
    });
    expect(await openStack.image.listImages({ tags: [tag()] })).toEqual([made]);
  });

  test("take three properties of 60,000 bytes in one patch", async () => {
    const { image } = given().openStack;
    const texts = ["a", "b", "c"].map((letter) => letter.repeat(60_000));
    await image.updateImage(
      imageId,
      texts.map((value, i) => ({ op: "add", path: `/snapset_manifest_${i}`, value })),
    );
    const shown = await image.showImage(imageId);
    expect(texts.map((_text, i) => shown[`snapset_manifest_${i}`])).toEqual(texts);
    const [listed] = await image.listImages({ tags: [tag()] });
    expect(listed).toEqual(shown);
    expect(shown.status).toBe("queued");
    await image.updateImage(imageId, [{ op: "remove", path: "/snapset_manifest_0" }]);
    expect(await image.showImage(imageId)).not.toHaveProperty("snapset_manifest_0");
  });

  test("are deleted", async () => {
    const { image } = given().openStack;
    await image.deleteImage(imageId);
    expect((await refusal(image.showImage(imageId))).status).toBe(404);
    expect(await image.listImages({ tags: [tag()] })).toEqual([]);
  });

  test("Glance's usage is told by quota, or not at all", async () => {
    const usage = (await given().openStack.image.showUsage()) ?? {};
    const counted = { limit: expect.any(Number) as number, usage: expect.any(Number) as number };
    const names = ["image_size_total", "image_stage_total", "image_count_total"];
    const expected = [...names, "image_count_uploading"].map((name) => [name, counted]);
    expect([{}, Object.fromEntries(expected)]).toContainEqual(usage);
  });
}
