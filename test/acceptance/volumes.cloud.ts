import { systemClock } from "../../common/clock";
import { waitFor } from "../../common/wait";
import { connect, type OpenStack } from "../../openstack";
import { Fixture } from "../contract/Fixture";
import { describeVolumes } from "./volumes";

jest.setTimeout(900_000);

/** Waits until a thing of Cinder's or Glance's is ready for the next step. */
async function becomes(what: string, wanted: string, status: () => Promise<string>): Promise<void> {
  await waitFor({
    what: `${what} to be ${wanted}`,
    observe: status,
    isDone: (seen) => seen === wanted,
    describe: (seen) => seen,
    deadlineMs: 180_000,
    clock: systemClock,
  });
}

/** The checksum of a copy of the volume, as an image: Cinder uploads no volume that is attached. */
async function checksumOf(client: OpenStack, made: Fixture, volumeId: string): Promise<string> {
  const { blockStorage, image } = client;
  const name = `acceptance-volumes-${made.suffix}`;
  const snapshot = { volume_id: volumeId, name, force: true };
  const snapshotId = await made.make("block-storage", "/snapshots", "snapshot", snapshot);
  await becomes("the snapshot", "available", async () => {
    return (await blockStorage.showSnapshot(snapshotId)).status;
  });
  const copy = { snapshot_id: snapshotId, name, size: 1 };
  const copyId = await made.make("block-storage", "/volumes", "volume", copy);
  const copyStatus = async () => (await blockStorage.showVolume(copyId)).status;
  await becomes("the copy", "available", copyStatus);
  const upload = { image_name: name, container_format: "bare", disk_format: "raw" };
  const answer = await made.raw("POST", "block-storage", `/volumes/${copyId}/action`, {
    "os-volume_upload_image": upload,
  });
  const imageId = String(answer.body["os-volume_upload_image"]?.["image_id"]);
  await becomes("the upload", "active", async () => (await image.showImage(imageId)).status);
  await becomes("the copy", "available", copyStatus);
  const { os_hash_value: checksum } = await image.showImage(imageId);
  await image.deleteImage(imageId);
  return String(checksum);
}

describeVolumes(async () => {
  const { OS_CLOUD, OS_CLIENT_CONFIG_FILE } = process.env;
  if (OS_CLOUD === undefined) throw new Error("OS_CLOUD must name the cloud to test on");
  const env = { OS_CLOUD, ...(OS_CLIENT_CONFIG_FILE && { OS_CLIENT_CONFIG_FILE }) };
  const client = await connect({ cloud: OS_CLOUD });
  const dataOf = async (serverId: string, volumeId: string): Promise<string> => {
    await client.compute.stopServer(serverId);
    await becomes("the server", "SHUTOFF", async () => {
      return (await client.compute.showServer(serverId)).status;
    });
    // It closes its connection with itself.
    const made = await Fixture.open({ openStack: await connect({ cloud: OS_CLOUD }), env });
    try {
      return await checksumOf(client, made, volumeId);
    } finally {
      await made.close();
    }
  };
  return { env, client, guestDeadlineMs: 180_000, dataOf };
});
