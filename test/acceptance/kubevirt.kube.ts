import { readAudit, unusedRights } from "../kube/audit";
import { KubeVirtOnApi } from "../kube/kubevirt/KubeVirtOnApi";
import { programs } from "../kube/programs";
import { machineRole, readRoles } from "../kube/readmeRoles";
import { describeKubeVirt } from "./kubevirt/suite";

const opened: KubeVirtOnApi[] = [];

describeKubeVirt("on a real API server", async (wanted) => {
  const lab = await KubeVirtOnApi.open(programs, wanted);
  opened.push(lab);
  return lab;
});

describe("the rights that README asks for", () => {
  test("are enough for all of the above, and no more than that", () => {
    const [lab] = opened;
    if (lab === undefined) throw new Error("nothing was done before");
    const calls = readAudit(lab.plane.auditLog);
    expect(calls.filter(({ status }) => status === 403)).toEqual([]);
    const roles = readRoles().filter(({ metadata }) => metadata.name === machineRole);
    expect(roles).toHaveLength(1);
    const isWithin = (_role: unknown, { namespace }: { namespace: string }) =>
      namespace === lab.namespace;
    expect(unusedRights(roles, calls, isWithin)).toEqual([]);
  });
});
