import { imageNameOf } from "../../snapset/identity";
import { decodeManifest } from "../../snapset/manifest";
import type { Run } from "../../sandbox/pulumiProject";
import {
  acceptanceProject,
  addressesOf,
  bootCountOf,
  type AcceptanceCloud,
  type Address,
} from "./cloud";

interface Outputs {
  snap_id: string;
  snapset_data: { instances: Record<string, { uuid: string; role: string; mac_address: string }> };
  images: { member: string; imageId: string }[];
  controller_ansible_host: { ansible_host: string };
}

const environment = "test/acceptance/two-guests.yaml";
const declared: Record<string, Address> = {
  controller: { mac: "fa:16:9e:77:00:05", ip: "192.168.77.254" },
  compute0: { mac: "fa:16:9e:77:00:10", ip: "192.168.77.10" },
};
const nothingChanged = /Resources:\n\s+\d+ unchanged\n/;

/**
 * Declares the tests of the main line: deploy, capture, restore. One text for every cloud; its tests
 * build on each other, in order.
 */
export function describeMainLine(open: () => Promise<AcceptanceCloud>): void {
  describe("the main line with two guests", () => {
    let cloud: AcceptanceCloud;
    let place: ReturnType<typeof acceptanceProject>;
    let snapId = "";

    beforeAll(async () => {
      cloud = await open();
      place = acceptanceProject(cloud.env);
      const common = { "openstack:cloud": cloud.env["OS_CLOUD"] };
      await place.project.createStack("source", { ...common, "snapset:environment": environment });
      await place.project.createStack("snapshot", common);
      await place.project.createStack("dev", { ...common, "snapset:environment": environment });
    });

    afterAll(async () => {
      for (const stack of ["dev", "source", "snapshot"]) await place.project.destroy(stack);
      await cloud.client.close();
      place.remove();
    });

    const outputs = async (stack: string) =>
      (await place.project.outputs(stack)) as unknown as Outputs;
    const succeed = (run: Run): string => {
      if (run.code !== 0) throw new Error(`exit code ${run.code}\n${run.output}`);
      return run.output;
    };

    it("deploys the environment with the declared MACs and addresses", async () => {
      succeed(await place.project.up("source"));
      const { snapset_data } = await outputs("source");
      expect(Object.keys(snapset_data.instances).toSorted()).toEqual(["compute0", "controller"]);
      expect(snapset_data.instances["controller"]).toEqual({
        uuid: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
        role: "controller",
        mac_address: "fa:16:9e:77:00:05",
      });
      expect(await addressesOf(cloud.client, snapset_data)).toEqual(declared);
      for (const { uuid } of Object.values(snapset_data.instances)) {
        expect(await bootCountOf(cloud, uuid)).toBe(1);
      }
    });

    it("gives the controller a floating IP that points at its port", async () => {
      const { controller_ansible_host: host } = await outputs("source");
      const [floatingIp] = await cloud.client.network.listFloatingIps({
        floating_ip_address: host.ansible_host,
      });
      expect(floatingIp?.fixed_ip_address).toBe("192.168.77.254");
    });

    it("captures it as one committed set", async () => {
      succeed(await place.project.up("snapshot"));
      const result = await outputs("snapshot");
      snapId = result.snap_id;
      expect(snapId).toMatch(/^[A-Za-z0-9_-]{8}$/);
      const images = await cloud.client.image.listImages({ tags: [`snap_id=${snapId}`] });
      const byName = images.toSorted((a, b) => a.name.localeCompare(b.name));
      expect(byName.map((image) => image.name)).toEqual(
        ["compute0", "controller"].map((name) => imageNameOf(name, snapId)),
      );
      expect(byName.map((image) => image.status)).toEqual(["active", "active"]);
      expect(byName[1]?.tags.toSorted()).toEqual([
        "hotstack",
        "hotstack-snapset",
        "mac_address=fa:16:9e:77:00:05",
        "name=controller",
        "role=controller",
        `snap_id=${snapId}`,
      ]);
    });

    it("keeps the manifest with the controller's image, checksums in it", async () => {
      const { images, snapset_data } = await outputs("snapshot");
      const anchorId = images.find((row) => row.member === "controller")?.imageId ?? "";
      const anchor = await cloud.client.image.showImage(anchorId);
      const manifest = decodeManifest(anchor, "the anchor");
      expect(manifest.members.map((member) => [member.name, member.serverId, member.stop])).toEqual(
        Object.entries(snapset_data.instances).map(([name, { uuid }]) => [name, uuid, "graceful"]),
      );
      const member = (name: string) => manifest.members.find((it) => it.name === name);
      expect(member("controller")?.hashValue).toBe(anchor.os_hash_value);
      expect(member("compute0")?.volumes).toEqual([
        {
          name: "compute0-data",
          volumeId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
          device: "/dev/vdb",
          sizeGb: 1,
          type: expect.any(String) as string,
          isRoot: false,
          policy: "empty",
          snapshotId: null,
        },
      ]);
      expect(member("compute0")?.indications).toEqual(["PartialSnapshot"]);
      expect(manifest.environmentName).toBe("two-guests");
    });

    it("leaves the servers shut off, and a second up changes nothing", async () => {
      const { snapset_data } = await outputs("source");
      for (const { uuid } of Object.values(snapset_data.instances)) {
        expect((await cloud.client.compute.showServer(uuid)).status).toBe("SHUTOFF");
      }
      expect(succeed(await place.project.up("snapshot"))).toMatch(nothingChanged);
      expect(await cloud.client.image.listImages({ tags: [`snap_id=${snapId}`] })).toHaveLength(2);
    });

    it("restores it, after the source is gone, with the same MACs, addresses and disks", async () => {
      succeed(await place.project.destroy("source"));
      place.project.configure("dev", { "snapset:snapId": snapId });
      succeed(await place.project.up("dev"));
      const result = await outputs("dev");
      expect(result.snap_id).toBe(snapId);
      expect(await addressesOf(cloud.client, result.snapset_data)).toEqual(declared);
      for (const { uuid } of Object.values(result.snapset_data.instances)) {
        expect(await bootCountOf(cloud, uuid)).toBe(2);
      }
    });

    it("changes nothing when run a second time", async () => {
      expect(succeed(await place.project.up("dev"))).toMatch(nothingChanged);
    });

    it("restores from the set alone, without an environment", async () => {
      succeed(await place.project.destroy("dev"));
      place.project.configure("dev", {
        "snapset:snapId": "latest",
        "snapset:environment": undefined,
      });
      succeed(await place.project.up("dev"));
      const result = await outputs("dev");
      expect(result.snap_id).toBe(snapId);
      expect(await addressesOf(cloud.client, result.snapset_data)).toEqual(declared);
    });

    it("removes its images when the capture's stack is destroyed", async () => {
      succeed(await place.project.destroy("dev"));
      succeed(await place.project.destroy("snapshot"));
      expect(await cloud.client.image.listImages({ snapset_id: snapId })).toEqual([]);
    });
  });
}
