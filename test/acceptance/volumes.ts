import type { Run } from "../../sandbox/pulumiProject";
import { decodeManifest, type Manifest } from "../../snapset/manifest";
import {
  acceptanceProject,
  addressesOf,
  bootCountOf,
  type AcceptanceCloud,
  type Address,
} from "./cloud";

/** A cloud that can tell what is on a volume. */
export interface VolumesCloud extends AcceptanceCloud {
  /** The same for volumes with the same data; the server runs, and may be stopped for it. */
  dataOf: (serverId: string, volumeId: string, device: string) => Promise<string>;
}

interface Outputs {
  snap_id: string;
  snapset_data: { instances: Record<string, { uuid: string }> };
  images: { member: string; imageId: string }[];
}

/** A volume on its server: device → name and id of the volume. */
type Devices = Record<string, { name: string; id: string }>;

const environment = "test/acceptance/volumes.yaml";
const declared: Record<string, Address> = {
  controller: { mac: "fa:16:9e:78:00:05", ip: "192.168.78.254" },
  compute0: { mac: "fa:16:9e:78:00:10", ip: "192.168.78.10" },
};
const nothingChanged = /Resources:\n\s+\d+ unchanged\n/;

/** Names of volumes by device, for each server. */
const namesOf = (devices: Record<string, Devices>) =>
  Object.fromEntries(
    Object.entries(devices).map(([server, volumes]) => [
      server,
      Object.fromEntries(Object.entries(volumes).map(([device, { name }]) => [device, name])),
    ]),
  );

const onTheirDevices = {
  controller: { "/dev/vda": "controller-root" },
  compute0: { "/dev/vdb": "compute0-blank", "/dev/vdc": "compute0-data" },
};

/**
 * Declares the tests of volumes: a root disk and data come back from a set, beside their source. One
 * text for every cloud; its tests build on each other, in order.
 */
export function describeVolumes(open: () => Promise<VolumesCloud>): void {
  describe("an environment whose data are on volumes", () => {
    let cloud: VolumesCloud;
    let place: ReturnType<typeof acceptanceProject>;
    let manifest: Manifest;
    let data = "";

    beforeAll(async () => {
      cloud = await open();
      place = acceptanceProject(cloud.env);
      const common = { "openstack:cloud": cloud.env["OS_CLOUD"] };
      await place.project.createStack("source", { ...common, "snapset:environment": environment });
      await place.project.createStack("snapshot", common);
      await place.project.createStack("dev", { ...common, "snapset:environment": environment });
    });

    afterAll(async () => {
      for (const stack of ["dev", "snapshot", "source"]) await place.project.destroy(stack);
      await cloud.client.close();
      place.remove();
    });

    const outputs = async (stack: string) =>
      (await place.project.outputs(stack)) as unknown as Outputs;
    const succeed = (run: Run): string => {
      if (run.code !== 0) throw new Error(`exit code ${run.code}\n${run.output}`);
      return run.output;
    };
    const serverOf = async (stack: string, name: string): Promise<string> =>
      (await outputs(stack)).snapset_data.instances[name]?.uuid ?? "";
    const devicesOf = async (stack: string): Promise<Record<string, Devices>> => {
      const { snapset_data } = await outputs(stack);
      const entries = Object.entries(snapset_data.instances).map(async ([server, { uuid }]) => {
        const attachments = await cloud.client.compute.listVolumeAttachments(uuid);
        const volumes = attachments.map(async ({ device, volumeId: id }) => {
          const { name } = await cloud.client.blockStorage.showVolume(id);
          return [device ?? "", { name, id }] as const;
        });
        return [server, Object.fromEntries(await Promise.all(volumes))] as const;
      });
      return Object.fromEntries(await Promise.all(entries));
    };
    const dataIn = async (stack: string): Promise<string> => {
      const { compute0 } = await devicesOf(stack);
      const [server, volume] = [await serverOf(stack, "compute0"), compute0?.["/dev/vdc"]?.id];
      return cloud.dataOf(server, volume ?? "", "/dev/vdc");
    };
    /** The guests are up, on their addresses; how often their disks have been booted. */
    const boots = async (stack: string): Promise<Record<string, number>> => {
      const { snapset_data } = await outputs(stack);
      expect(await addressesOf(cloud.client, snapset_data)).toEqual(declared);
      const entries = Object.entries(snapset_data.instances).map(
        async ([name, { uuid }]) => [name, await bootCountOf(cloud, uuid)] as const,
      );
      return Object.fromEntries(await Promise.all(entries));
    };

    it("is deployed with its volumes on their devices", async () => {
      succeed(await place.project.up("source"));
      expect(namesOf(await devicesOf("source"))).toEqual(onTheirDevices);
      expect(await boots("source")).toEqual({ controller: 1, compute0: 1 });
      data = await dataIn("source");
    });

    it("is captured with a snapshot of each volume whose data are wanted", async () => {
      succeed(await place.project.up("snapshot"));
      const { images, snap_id } = await outputs("snapshot");
      const anchorId = images.find((row) => row.member === "controller")?.imageId ?? "";
      manifest = decodeManifest(await cloud.client.image.showImage(anchorId), "the anchor");
      expect(manifest.snapId).toBe(snap_id);
      const volumes = manifest.members.flatMap((member) => member.volumes);
      expect(volumes.map((it) => [it.name, it.device, it.isRoot, it.policy])).toEqual([
        ["compute0-blank", "/dev/vdb", false, "empty"],
        ["compute0-data", "/dev/vdc", false, "include"],
        ["controller-root", "/dev/vda", true, "include"],
      ]);
      const all = await cloud.client.blockStorage.listSnapshots();
      const held = all.filter(({ metadata }) => metadata["snapset_id"] === snap_id);
      expect(new Set(held.map(({ id, status }) => [id, status]))).toEqual(
        new Set(volumes.slice(1).map(({ snapshotId }) => [snapshotId, "available"])),
      );
    });

    const expectRestored = async (): Promise<void> => {
      expect(await boots("dev")).toEqual({ controller: 2, compute0: 2 });
      const devices = await devicesOf("dev");
      expect(namesOf(devices)).toEqual(onTheirDevices);
      const snapshots = new Map(
        manifest.members.flatMap(({ volumes }) => volumes.map((it) => [it.name, it.snapshotId])),
      );
      for (const { id, name } of Object.values(devices).flatMap((it) => Object.values(it))) {
        const volume = await cloud.client.blockStorage.showVolume(id);
        expect([name, volume.snapshot_id]).toEqual([name, snapshots.get(name)]);
        expect(volume.metadata["snapset_restored"]).toBe(manifest.snapId);
      }
    };

    it("is restored beside its source: same devices, disks that go on, same data", async () => {
      place.project.configure("dev", { "snapset:snapId": manifest.snapId });
      succeed(await place.project.up("dev"));
      await expectRestored();
      expect(succeed(await place.project.up("dev"))).toMatch(nothingChanged);
      expect(await dataIn("dev")).toBe(data);
    });

    it("is restored the same from the set alone", async () => {
      succeed(await place.project.destroy("dev"));
      place.project.configure("dev", { "snapset:environment": undefined });
      succeed(await place.project.up("dev"));
      await expectRestored();
    });

    it("leaves neither images nor snapshots nor volumes when all stacks are destroyed", async () => {
      const volumes = [...Object.values(await devicesOf("dev"))].flatMap((it) => Object.values(it));
      for (const stack of ["dev", "snapshot", "source"]) {
        succeed(await place.project.destroy(stack));
      }
      const { image, blockStorage } = cloud.client;
      expect(await image.listImages({ snapset_id: manifest.snapId })).toEqual([]);
      const snapshots = await blockStorage.listSnapshots();
      const left = snapshots.filter(({ metadata }) => metadata["snapset_id"] === manifest.snapId);
      expect(left).toEqual([]);
      const ids = new Set((await blockStorage.listVolumes()).map(({ id }) => id));
      expect(volumes.filter(({ id }) => ids.has(id))).toEqual([]);
    });
  });
}
