import { KubeVirtLab } from "../../sandbox/KubeVirtLab";
import type { KubeVirtUnderTest } from "../acceptance/KubeVirtUnderTest";
import { KubeVirtCalls } from "./KubeVirtCalls";
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
});
