import type { KubeVirtUnderTest } from "../KubeVirtUnderTest";
import { describeCapture } from "./capture";
import { describeFaults } from "./faults";
import { describeFrozen } from "./frozen";
import { describeKeeping } from "./keeping";
import { describeRestore } from "./restore";
import { describeVersions } from "./versions";

/** How a KubeVirt is to be. */
export interface WantedKubeVirt {
  /** Versions of a group that are served. @default all */
  served?: Record<string, string[]>;
}

/**
 * Declares what the product does with virtual machines: one text, for the model and for a real API
 * server. The names of the tests quote the course on snapshots that it is held to.
 *
 * @param open made once for all tests of a kind: each brings machines of its own
 */
export function describeKubeVirt(
  name: string,
  open: (wanted?: WantedKubeVirt) => Promise<KubeVirtUnderTest>,
): void {
  describe(`virtual machines, KubeVirt ${name}`, () => {
    let on: KubeVirtUnderTest;

    beforeAll(async () => {
      on = await open();
    });
    afterAll(() => on.close());

    describe("a capture", () => {
      describeCapture(() => on);
    });
    describe("a capture of machines that run", () => {
      describeFrozen(() => on);
    });
    describe("a capture in which something goes wrong", () => {
      describeFaults(() => on);
    });
    describe("a restore", () => {
      describeRestore(() => on);
    });
    describe("a set", () => {
      describeKeeping(() => on);
    });
    describe("versions", () => {
      describeVersions(open);
    });
  });
}
