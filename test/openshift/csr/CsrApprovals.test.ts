import type { Clock } from "../../../common/clock";
import type { Cluster } from "../../../openshift";
import { CsrApprovals } from "../../../openshift/csr/CsrApprovals";
import type { CertificateSigningRequest } from "../../../openshift/api/types";
import { clientCsr, nodeAt } from "./requests";

const facts = {
  nodes: [nodeAt("worker-0", "192.168.32.20")],
  names: ["worker-0"],
  isUp: () => false,
};

let now = 0;
const clock = { now: () => new Date(now) } as Clock;

/** A cluster with these requests, which takes approvals and never signs. */
function clusterWith(csrs: Map<string, CertificateSigningRequest>): Cluster {
  return {
    listCertificateSigningRequests: () => Promise.resolve([...csrs.values()]),
    updateApproval: (csr: CertificateSigningRequest) => {
      csrs.set(csr.metadata.name, csr);
      return Promise.resolve();
    },
  } as unknown as Cluster;
}

test("what is approved and not signed is waited for, and after 10 s told, with a guess", async () => {
  const csrs = new Map([["csr-a", clientCsr("worker-0", { name: "csr-a", createdAt: "" })]]);
  const approvals = new CsrApprovals(clusterWith(csrs), clock);
  now = 0;
  expect(await approvals.pass(facts)).toEqual({ waiting: 0, lastApprovedAt: 0 });
  now = 1000;
  expect((await approvals.pass(facts)).waiting).toBe(1);
  expect(approvals.describe()).toBe("1 certificate request approved");
  now = 11_001;
  expect((await approvals.pass(facts)).waiting).toBe(1);
  expect(approvals.describe()).toBe(
    "1 certificate request approved, 1 approved and not signed: has the cluster's csr-signer expired?",
  );
  const signed = csrs.get("csr-a");
  if (signed) csrs.set("csr-a", { ...signed, status: { ...signed.status, certificate: "x" } });
  expect((await approvals.pass(facts)).waiting).toBe(0);
  expect(approvals.describe()).toBe("1 certificate request approved");
});
