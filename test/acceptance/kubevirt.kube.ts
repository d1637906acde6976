import { readAudit, unusedRights, type AuditedCall } from "../kube/audit";
import { KubeVirtOnApi } from "../kube/kubevirt/KubeVirtOnApi";
import { programs } from "../kube/programs";
import { machineRole, readRoles } from "../kube/readmeRoles";
import { describeKubeVirt } from "./kubevirt/suite";

/** What the product has asked of each API server; its log goes with it. */
const audits: { namespace: string; calls: AuditedCall[] }[] = [];

describeKubeVirt("on a real API server", async (wanted) => {
  const lab = await KubeVirtOnApi.open(programs, wanted);
  const close = lab.close.bind(lab);
  lab.close = async () => {
    audits.push({ namespace: lab.namespace, calls: readAudit(lab.plane.auditLog) });
    await close();
  };
  return lab;
});

describe("the rights that README asks for", () => {
  test("are enough for all of the above, and no more than that", () => {
    // The one of which most is asked is closed last.
    const audit = audits.at(-1);
    if (audit === undefined) throw new Error("nothing was done before");
    const { calls } = audit;
    expect(calls.filter(({ status }) => status === 403)).toEqual([]);
    const roles = readRoles().filter(({ metadata }) => metadata.name === machineRole);
    expect(roles).toHaveLength(1);
    const isWithin = (_role: unknown, { namespace }: { namespace: string }) =>
      namespace === audit.namespace;
    expect(unusedRights(roles, calls, isWithin)).toEqual([]);
  });
});
