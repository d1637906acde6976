import type { Manifest } from "../../snapset/manifest";
import type { KubeVirtUnderTest } from "./KubeVirtUnderTest";
import { Machines } from "./Machines";

/** How a KubeVirt is to be. */
export interface WantedKubeVirt {
  /** Versions of a group that are served. @default all */
  served?: Record<string, string[]>;
}

const database = "mongodb-nationalparks";
const web = "parksmap";
const data = "/var/lib/mongo/parks";

/**
 * Declares what the product does with virtual machines: one text, for the model and for a real API
 * server. The names quote the KubeVirt course that it is held to.
 */
export function describeKubeVirt(
  name: string,
  open: (wanted?: WantedKubeVirt) => Promise<KubeVirtUnderTest>,
): void {
  describe(`virtual machines, KubeVirt ${name}`, () => {
    let on: KubeVirtUnderTest;
    let machines: Machines;

    const addApplication = async () => {
      const labels = { app: "parksmap" };
      await on.addVirtualMachine({ name: database, labels, macAddress: "02:00:00:00:00:01" });
      await on.addVirtualMachine({ name: web, labels, macAddress: "02:00:00:00:00:02" });
    };

    beforeEach(async () => {
      on = await open();
      await addApplication();
      machines = new Machines(on, { selector: "app=parksmap" });
    });
    afterEach(() => on.close());

    it("captures an application of two machines by label, stopped", async () => {
      await on.guest(database).write(data, "Yosemite", { isSynced: true });
      const { manifest } = await machines.capture();
      expect(manifest.members.map(({ name: member }) => member)).toEqual([database, web]);
      console.log(JSON.stringify(manifest, null, 1));
    });
  });
}

export type { Manifest };
