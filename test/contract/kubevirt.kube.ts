import { KubeVirtOnApi } from "../kube/kubevirt/KubeVirtOnApi";
import { programs } from "../kube/programs";
import type { KubeVirtUnderTest } from "../acceptance/KubeVirtUnderTest";
import { KubeVirtCalls } from "./KubeVirtCalls";
import { accessChecks, olderVersionChecks } from "./kubevirtAccess";
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
  describe("access", () => {
    accessChecks(on);
  });
});

describe("KubeVirt on a real API server, with v1alpha1 alone", () => {
  let lab: KubeVirtUnderTest;

  beforeAll(async () => {
    lab = await KubeVirtOnApi.open(programs, { served: { "snapshot.kubevirt.io": ["v1alpha1"] } });
  });
  afterAll(() => lab.close());

  olderVersionChecks(() => new KubeVirtCalls(lab));
});
