import type { OpenStack, Server } from "../../openstack";
import type { Fixture } from "./Fixture";
import { refusal } from "./refusal";

const unknownId = "11111111-2222-4333-8444-555555555555";

/** What there is once the suite has begun. */
interface Given {
  fixture: Fixture;
  openStack: OpenStack;
  networkId: string;
}

/** What a reset in place does with a server and its volumes, on a server of its own. */
export function describeReset(given: () => Given): void {
  describe("a server that is rebuilt", () => {
    describeRebuild(given);
  });
}

function describeRebuild(given: () => Given): void {
  let server: Server;
  let imageId: string;
  const mac = `fa:16:9e:00:52:${Math.floor(Math.random() * 256)
    .toString(16)
    .padStart(2, "0")}`;

  beforeAll(async () => {
    const { fixture, openStack, networkId } = given();
    server = await fixture.makeServer("rebuilt", networkId, mac);
    const request = { name: `contract-rebuilt-${fixture.suffix}` };
    imageId = fixture.removeLater(await openStack.compute.createImage(server.id, request));
    await fixture.imageIsActive(imageId, server.id);
  }, 180_000);

  test("keeps the metadata that is not written", async () => {
    const { compute } = given().openStack;
    await compute.updateServerMetadata(server.id, { snapset_role: "compute", other: "1" });
    await compute.updateServerMetadata(server.id, { other: "2" });
    const { metadata } = await compute.showServer(server.id);
    expect(metadata).toMatchObject({ snapset_role: "compute", other: "2" });
    const tooLong = compute.updateServerMetadata(server.id, { key: "x".repeat(256) });
    expect((await refusal(tooLong)).status).toBe(400);
  });

  test("is SHUTOFF again if it was, with its ports, volumes and metadata", async () => {
    const { fixture, openStack } = given();
    const { compute, network } = openStack;
    const volume = await fixture.makeAttachedVolume("kept", server.id);
    await compute.stopServer(server.id);
    await fixture.serverIs(server.id, "SHUTOFF");
    const ports = await network.listPorts({ device_id: server.id });
    await compute.rebuildServer(server.id, imageId);
    const begun = await compute.showServer(server.id);
    expect(begun.image).toMatchObject({ id: imageId });
    expect([begun.status, begun["OS-EXT-STS:task_state"]]).toEqual([
      "REBUILD",
      expect.stringMatching(/^rebuil/),
    ]);
    expect((await refusal(compute.rebuildServer(server.id, imageId))).status).toBe(409);
    const rebuilt = await fixture.serverIs(server.id, "SHUTOFF");
    expect(rebuilt).toMatchObject({ locked: false, metadata: { other: "2" } });
    const attached = rebuilt["os-extended-volumes:volumes_attached"].map(({ id }) => id);
    expect(attached).toEqual([volume.id]);
    const after = await network.listPorts({ device_id: server.id });
    expect(after.map(({ id, mac_address }) => [id, mac_address])).toEqual([[ports[0]?.id, mac]]);
    const [newest] = await compute.listInstanceActions(server.id);
    expect(newest?.action).toBe("rebuild");
  }, 240_000);

  test("exchanges volumes while it is SHUTOFF, on the first device that is free", async () => {
    const { fixture, openStack } = given();
    const { compute } = openStack;
    const [old] = await compute.listVolumeAttachments(server.id);
    await compute.detachVolume(server.id, old?.volumeId ?? "");
    await fixture.volumeIs(old?.volumeId ?? "", "available");
    expect(await compute.listVolumeAttachments(server.id)).toEqual([]);
    await compute.attachVolume(server.id, old?.volumeId ?? "");
    const volume = await fixture.volumeIs(old?.volumeId ?? "", "in-use");
    expect(volume.attachments).toEqual([
      expect.objectContaining({ server_id: server.id, device: "/dev/vdb" }),
    ]);
    expect((await refusal(compute.attachVolume(server.id, volume.id))).status).toBe(400);
    expect((await refusal(compute.detachVolume(server.id, unknownId))).status).toBe(404);
  }, 120_000);

  test("needs an image that is there, and a server", async () => {
    const { compute } = given().openStack;
    expect((await refusal(compute.rebuildServer(server.id, unknownId))).status).toBe(400);
    expect((await refusal(compute.rebuildServer(unknownId, imageId))).status).toBe(404);
  });
}
