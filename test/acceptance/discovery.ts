import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { main } from "../../cli/main";
import { systemClock } from "../../common/clock";
import type { Run } from "../../sandbox/pulumiProject";
import type { ContractCloud } from "../contract/Fixture";
import { acceptanceProject, type AcceptanceCloud } from "./cloud";
import { sightOf, type Sight } from "./sight";
import { yard, Yard } from "./Yard";

interface Outputs {
  snap_id: string;
  snapset_data: { instances: Record<string, { uuid: string }> };
}

const nothingChanged = /Resources:\n\s+\d+ unchanged\n/;

/**
 * Declares the tests of an environment that nobody declared: captured by its servers' ids, taken
 * away, and restored from its set alone. One text for every cloud; its tests build on each other.
 *
 * @param open a cloud for the stacks, and one for the plain calls that make and look
 */
export function describeDiscovery(
  open: () => Promise<{ cloud: AcceptanceCloud; plain: ContractCloud }>,
): void {
  describe("an environment that no stack knows", () => {
    let cloud: AcceptanceCloud;
    let place: ReturnType<typeof acceptanceProject>;
    let made: Yard;
    let before: Sight;

    beforeAll(async () => {
      const opened = await open();
      cloud = opened.cloud;
      made = await Yard.build(opened.plain);
      before = await sightOf(cloud.client, made.servers);
      place = acceptanceProject(cloud.env);
      const common = { "openstack:cloud": cloud.env["OS_CLOUD"] };
      await place.project.createStack("snapshot", {
        ...common,
        "snapset:source": undefined,
        "snapset:instances": {
          instances: {
            controller: instance(made, "controller", "controller", yard.controller),
            worker: instance(made, "worker", "compute", yard.workerStorage),
          },
        },
      });
      await place.project.createStack("dev", { ...common, "snapset:environment": undefined });
    });

    afterAll(async () => {
      for (const stack of ["dev", "snapshot"]) await place.project.destroy(stack);
      await made.close();
      await cloud.client.close();
      place.remove();
    });

    const outputs = async (stack: string) =>
      (await place.project.outputs(stack)) as unknown as Outputs;
    const succeed = (run: Run): string => {
      if (run.code !== 0) throw new Error(`exit code ${run.code}\n${run.output}`);
      return run.output;
    };

    it("is as it was made", () => {
      expect(before.servers["worker"]?.nics.map(({ mac }) => mac)).toEqual([
        yard.workerStorage,
        yard.worker,
      ]);
      expect(before.servers["worker"]?.serverGroup).toBe("yard-apart: anti-affinity");
      expect(before.routers[0]?.routes).toEqual([
        { destination: "10.61.0.0/24", nexthop: "192.168.61.254" },
      ]);
      expect(before.trunks).toHaveLength(1);
    });

    it("is captured with all that its servers live in", async () => {
      succeed(await place.project.up("snapshot"));
      await made.clear();
      expect((await sightOf(cloud.client, {})).networks).toEqual([]);
    });

    it("comes back from the set alone as it was, to the last rule and route", async () => {
      const { snap_id: snapId } = await outputs("snapshot");
      const alone = { "snapset:snapId": snapId, "snapset:environment": undefined };
      place.project.configure("dev", alone);
      succeed(await place.project.up("dev"));
      const { snapset_data } = await outputs("dev");
      const ids = Object.entries(snapset_data.instances).map(([name, { uuid }]) => [name, uuid]);
      expect(
        await sightOf(cloud.client, Object.fromEntries(ids) as Record<string, string>),
      ).toEqual(before);
      expect(succeed(await place.project.up("dev"))).toMatch(nothingChanged);
    });

    it("is printed as an environment that a stack takes, edited, for its own", async () => {
      const { snap_id: snapId } = await outputs("snapshot");
      const printed = join(place.directory, "yard.yaml");
      const text: string[] = [];
      const code = await main(["environment", snapId], {
        env: { ...process.env, ...cloud.env },
        cwd: place.directory,
        clock: systemClock,
        out: (line) => void text.push(line),
        err: (line) => void text.push(line),
      });
      expect([code, ...text]).toEqual([0, expect.stringContaining("name: yard-vip")]);
      writeFileSync(printed, (text[0] ?? "").replace("purpose: way in", "purpose: way out"));
      place.project.configure("dev", { "snapset:environment": printed });
      // The choice of the set, and the server.
      expect(succeed(await place.project.up("dev"))).toMatch(/~ 2 updated\n\s+\d+ unchanged\n/);
      const { snapset_data } = await outputs("dev");
      const controller = snapset_data.instances["controller"]?.uuid ?? "";
      const { metadata } = await cloud.client.compute.showServer(controller);
      expect(metadata["purpose"]).toBe("way out");
    });
  });
}

function instance({ servers }: Yard, name: string, role: string, mac_address: string) {
  return { uuid: servers[name], role, mac_address };
}
