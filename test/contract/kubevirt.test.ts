import { KubeVirtLab } from "../../sandbox/KubeVirtLab";
import type { KubeVirtUnderTest } from "../acceptance/KubeVirtUnderTest";
import { KubeVirtCalls } from "./KubeVirtCalls";
import { accessChecks, olderVersionChecks } from "./kubevirtAccess";
import { machineChecks } from "./kubevirtMachines";
import { restoreChecks } from "./kubevirtRestores";
import { snapshotChecks } from "./kubevirtSnapshots";

describe("KubeVirt of the sandbox", () => {
  let lab: KubeVirtUnderTest;
  const on = () => new KubeVirtCalls(lab);

  beforeAll(async () => {
    lab = await new KubeVirtLab({ times: { gracePeriodMs: 3000 } }).open();
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

describe("KubeVirt of the sandbox, with v1alpha1 alone", () => {
  let lab: KubeVirtUnderTest;

  beforeAll(async () => {
    lab = await new KubeVirtLab({ served: { "snapshot.kubevirt.io": ["v1alpha1"] } }).open();
  });
  afterAll(() => lab.close());

  olderVersionChecks(() => new KubeVirtCalls(lab));
});
