import { systemClock } from "../../common/clock";
import { waitFor } from "../../common/wait";
import type { Run } from "../../sandbox/pulumiProject";
import { acceptanceProject, addressesOf, bootCountOf, type AcceptanceCloud } from "./cloud";

interface Outputs {
  snap_id: string;
  snapset_data: { instances: Record<string, { uuid: string }> };
  floating_ips: Record<string, string>;
}

const environment = "test/acceptance/reset.yaml";
const nothingChanged = /Resources:\n\s+\d+ unchanged\n/;

/**
 * Declares the tests of a reset in place: a restored environment is used, and goes back to its set
 * with the servers that it has. One text for every cloud; its tests build on each other, in order.
 */
export function describeReset(open: () => Promise<AcceptanceCloud>): void {
  describe("a restored environment that is put back in place", () => {
    let cloud: AcceptanceCloud;
    let place: ReturnType<typeof acceptanceProject>;
    let before: Awaited<ReturnType<typeof identities>>;
    let volumes: Awaited<ReturnType<typeof volumesOf>>;

    beforeAll(async () => {
      cloud = await open();
      place = acceptanceProject(cloud.env);
      const common = { "openstack:cloud": cloud.env["OS_CLOUD"] };
      await place.project.createStack("source", { ...common, "snapset:environment": environment });
      await place.project.createStack("snapshot", common);
      await place.project.createStack("dev", {
        ...common,
        "snapset:environment": environment,
        "snapset:restore": "rebuild",
      });
      for (const stack of ["source", "snapshot", "dev"]) succeed(await place.project.up(stack));
    });

    afterAll(async () => {
      for (const stack of ["dev", "snapshot", "source"]) {
        const { code, output } = await place.project.destroy(stack);
        if (code !== 0) process.stderr.write(output);
      }
      await cloud.client.close();
      place.remove();
    });

    const succeed = (run: Run): string => {
      if (run.code !== 0) throw new Error(`exit code ${run.code}\n${run.output}`);
      return run.output;
    };
    const outputs = async () => (await place.project.outputs("dev")) as unknown as Outputs;
    const serverIds = async (): Promise<string[]> =>
      Object.values((await outputs()).snapset_data.instances).map(({ uuid }) => uuid);
    const trigger = (text: string) => {
      place.project.configure("dev", { "snapset:restore": { method: "rebuild", trigger: text } });
    };

    /** All that stays: ids of servers, MACs and addresses, floating IPs. */
    const identities = async () => {
      const { snapset_data, floating_ips } = await outputs();
      return {
        snapset_data,
        floating_ips,
        addresses: await addressesOf(cloud.client, snapset_data),
      };
    };
    /** The volumes of compute0, by device. */
    const volumesOf = async () => {
      const { compute0 } = (await outputs()).snapset_data.instances;
      const { compute, blockStorage } = cloud.client;
      const attached = await compute.listVolumeAttachments(compute0?.uuid ?? "");
      return Promise.all(
        attached.map(async ({ device, volumeId }) => {
          const { name, snapshot_id } = await blockStorage.showVolume(volumeId);
          return { device, name, snapshot_id, id: volumeId };
        }),
      );
    };
    const bootCounts = async () =>
      Promise.all((await serverIds()).map((uuid) => bootCountOf(cloud, uuid)));
    const becomes = async (uuid: string, status: string) =>
      waitFor({
        what: `server ${uuid} to be ${status}`,
        observe: () => cloud.client.compute.showServer(uuid),
        isDone: (it) => it.status === status && it["OS-EXT-STS:task_state"] === null,
        describe: (it) => it.status,
        deadlineMs: cloud.guestDeadlineMs,
        intervalMs: 200,
        clock: systemClock,
      });
    /** Every boot is counted on every disk: after this none is as the set restored it. */
    const use = async (): Promise<void> => {
      for (const uuid of await serverIds()) {
        await cloud.client.compute.stopServer(uuid);
        await becomes(uuid, "SHUTOFF");
        await cloud.client.compute.startServer(uuid);
        await becomes(uuid, "ACTIVE");
      }
      expect(await bootCounts()).toEqual([3, 3]);
    };

    it("stays as it is at an up that asks for nothing", async () => {
      expect(await bootCounts()).toEqual([2, 2]);
      before = await identities();
      volumes = await volumesOf();
      expect(volumes.map(({ device, name }) => [device, name])).toEqual([
        ["/dev/vdb", "compute0-data"],
        ["/dev/vdc", "compute0-blank"],
      ]);
      expect(succeed(await place.project.up("dev"))).toMatch(nothingChanged);
    });

    it("says in a preview what would be lost, and changes nothing yet", async () => {
      await use();
      trigger("next morning");
      const said = succeed(await place.project.preview("dev")).replace(/\s+/g, " ");
      const { snap_id } = await outputs();
      expect(said).toContain(
        `resets in place to set ${snap_id}: controller, compute0; what was written since is lost`,
      );
      expect(said).toMatch(/~ \S*Reset reset|~ .*snapset:Reset/);
      expect(await bootCounts()).toEqual([3, 3]);
    });

    it("goes back to its set, with the servers, MACs, addresses and floating IPs that it has", async () => {
      const run = await place.project.up("dev");
      succeed(run);
      process.stderr.write(`reset in place: ${(run.elapsedMs / 1000).toFixed(1)} s of up\n`);
      expect(await bootCounts()).toEqual([2, 2]);
      expect(await identities()).toEqual(before);
      const after = await volumesOf();
      expect(after.map(apartFromId)).toEqual(volumes.map(apartFromId));
      const old = new Set(volumes.map(({ id }) => id));
      expect(after.filter(({ id }) => old.has(id))).toEqual([]);
      const left = (await cloud.client.blockStorage.listVolumes()).filter(({ id }) => old.has(id));
      expect(left).toEqual([]);
      expect(succeed(await place.project.up("dev"))).toMatch(nothingChanged);
    });

    it("can be refreshed and destroyed like any other", async () => {
      succeed(await place.project.refresh("dev"));
      expect(succeed(await place.project.up("dev"))).toMatch(nothingChanged);
      const ids = new Set(await serverIds());
      succeed(await place.project.destroy("dev"));
      const servers = await cloud.client.compute.listServers();
      expect(servers.filter(({ id }) => ids.has(id))).toEqual([]);
    });
  });
}

function apartFromId(volume: { device: string | null; name: string; snapshot_id: string | null }) {
  const { device, name, snapshot_id } = volume;
  return { device, name, snapshot_id };
}
