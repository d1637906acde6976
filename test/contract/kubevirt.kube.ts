import { KubeVirtOnApi } from "../kube/kubevirt/KubeVirtOnApi";
import { programs } from "../kube/programs";
import type { KubeVirtUnderTest } from "../acceptance/KubeVirtUnderTest";
import { KubeVirtCalls } from "./KubeVirtCalls";
import { machineChecks } from "./kubevirtMachines";
import { restoreChecks } from "./kubevirtRestores";
import { snapshotChecks } from "./kubevirtSnapshots";

describe("KubeVirt on a real API server", () => {
  let lab: KubeVirtUnderTest;
  const on = () => new KubeVirtCalls(lab);

  beforeAll(async () => {
    lab = await KubeVirtOnApi.open(programs, { times: { gracePeriodMs: 3000 } });
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
