import type { KubeVirtUnderTest } from "../acceptance/KubeVirtUnderTest";
import type { Served, Times } from "../../sandbox/kubevirt";
import { KubeVirtCalls } from "./KubeVirtCalls";
import { accessChecks, olderVersionChecks } from "./kubevirtAccess";
import { machineChecks } from "./kubevirtMachines";
import { restoreChecks } from "./kubevirtRestores";
import { snapshotChecks } from "./kubevirtSnapshots";

interface Wanted {
  served?: Served;
  times?: Partial<Times>;
}

/** Declares what a KubeVirt answers, whoever plays it: one text for the model and a real API server. */
export function describeKubeVirtContract(
  name: string,
  open: (wanted: Wanted) => Promise<KubeVirtUnderTest>,
): void {
  describe(`KubeVirt ${name}`, () => {
    let lab: KubeVirtUnderTest;
    const on = () => new KubeVirtCalls(lab);

    beforeAll(async () => {
      lab = await open({ times: { gracePeriodMs: 3000 } });
    });
    afterAll(() => lab.close());

    describe("machines", () => {
      machineChecks(on);
    });
    describe("snapshots", () => {
      snapshotChecks(on);
    });
    describe("restores", () => {
      restoreChecks(on);
    });
    describe("access", () => {
      accessChecks(on);
    });
  });

  describe(`KubeVirt ${name}, with v1alpha1 alone`, () => {
    let lab: KubeVirtUnderTest;

    beforeAll(async () => {
      lab = await open({ served: { "snapshot.kubevirt.io": ["v1alpha1"] } });
    });
    afterAll(() => lab.close());

    olderVersionChecks(() => new KubeVirtCalls(lab));
  });
}
