import type { Cluster } from "../../../openshift";
import type { CertificateSigningRequest } from "../../../openshift/api/types";
import { changeCluster } from "../../../sandbox/openshift";
import type { Guest } from "../../../sandbox/world";
import { day, hour, Lab, minute } from "./lab";

let lab: Lab;
let cluster: Cluster;

beforeEach(async () => {
  lab = await new Lab().open();
  cluster = await lab.cluster();
});
afterEach(() => lab.close());

async function expired(): Promise<Guest[]> {
  const nodes = lab.install();
  lab.worldClock.advance(25 * hour);
  lab.stopGracefully(nodes);
  const restored = await lab.captureAndRestore(nodes, 40 * day);
  lab.worldClock.advance(50_000);
  return restored;
}

const pending = async () =>
  (await cluster.listCertificateSigningRequests()).filter((csr) => !csr.status?.conditions);
const approve = (csr: CertificateSigningRequest, status = "True") =>
  cluster.updateApproval({ ...csr, status: { conditions: [{ type: "Approved", status }] } });
const readyOf = async () =>
  (await cluster.listNodes())[0]?.status?.conditions?.find((c) => c.type === "Ready")?.status;

async function only(): Promise<CertificateSigningRequest> {
  const [csr, ...more] = await pending();
  if (!csr || more.length > 0) throw new Error("there is not exactly one pending request");
  return csr;
}

test("a kubelet whose certificates have expired asks for one after the other", async () => {
  await expired();
  const client = await only();
  expect(client.spec.signerName).toBe("kubernetes.io/kube-apiserver-client-kubelet");
  await approve(client);
  // csr-signer has expired too, and is replaced a minute after the API is there
  lab.worldClock.advance(5000);
  expect(await pending()).toEqual([]);
  lab.worldClock.advance(minute);
  expect(await readyOf()).toBe("True");
  const serving = await only();
  expect(serving.spec).toMatchObject({
    signerName: "kubernetes.io/kubelet-serving",
    username: "system:node:master-0",
  });
  await approve(serving);
  lab.worldClock.advance(1000);
  expect(await readyOf()).toBe("True");
  const { serving: validity } = lab.model().state.nodes["master-0"] ?? {};
  expect(validity?.notAfter).toBeGreaterThan(lab.worldClock.nowMs() + 29 * day);
});

test("asks anew every 15 minutes; after a day the oldest go", async () => {
  await expired();
  lab.worldClock.advance(hour);
  expect(await pending()).toHaveLength(5);
  lab.worldClock.advance(3 * day);
  expect((await pending()).length).toBeLessThanOrEqual(97);
  expect(await readyOf()).toBe("Unknown");
});

test("an approval by a stale copy, without a status or of nothing is refused", async () => {
  await expired();
  const csr = await only();
  await expect(approve(csr, "")).rejects.toThrow(
    `cannot update approval of certificatesigningrequest ${csr.metadata.name}: 422 status.conditions: Invalid value: must be "True"`,
  );
  await approve(csr);
  await expect(approve(csr)).rejects.toThrow(
    /: 409 Operation cannot be fulfilled on .*: the object/,
  );
  const gone = { ...csr, metadata: { name: "gone" } };
  await expect(approve(gone)).rejects.toThrow(
    '404 certificatesigningrequests.certificates.k8s.io "gone" not found',
  );
});

test("approving what somebody else filed gives no kubelet a certificate", async () => {
  await expired();
  const own = await only();
  changeCluster(lab.model(), {
    certificateRequests: [{ node: "master-0", purpose: "client", count: 2 }],
  });
  const others = (await pending()).filter(({ metadata }) => metadata.name !== own.metadata.name);
  expect(others).toHaveLength(2);
  for (const other of others) await approve(other);
  lab.worldClock.advance(2 * minute);
  expect(await readyOf()).toBe("Unknown");
  await approve(own);
  lab.worldClock.advance(minute);
  expect(await readyOf()).toBe("True");
});
