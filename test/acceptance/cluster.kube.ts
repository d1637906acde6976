import { systemClock, type Clock } from "../../common/clock";
import { passRotationGate } from "../../openshift";
import { readAudit, unusedRights, type AuditedCall } from "../kube/audit";
import { accountWithout } from "../kube/install";
import { KubeCluster } from "../kube/KubeCluster";
import { machineConfigNamespace } from "../kube/objects";
import { signer } from "../kube/Pki";
import { programs } from "../kube/programs";
import { rolesForCluster } from "../kube/readmeRoles";
import { clusterSuite, Driver } from "./cluster";

let cluster: KubeCluster;

beforeAll(async () => {
  cluster = await KubeCluster.open(programs);
});
afterAll(() => cluster.close());

const begin = async () => {
  await cluster.reset();
  return cluster;
};

clusterSuite({ begin, end: () => Promise.resolve() });

describe("where the API is a real one", () => {
  let on: Driver;

  beforeEach(async () => {
    on = new Driver(await begin());
  });

  test("a drain evicts, and says what a disruption budget keeps", async () => {
    await cluster.addWorkload("worker-0");
    const { drained } = await on.quiesce({ drainTimeoutMs: 5000 });
    expect(drained?.evicted).toBe(1);
    expect(drained?.left).toEqual([
      {
        pod: "default/kept",
        node: "worker-0",
        why: expect.stringMatching(
          /^cannot create eviction of pod default\/kept: 429 Cannot evict pod as it would violate the pod's disruption budget\./,
        ) as string,
      },
    ]);
    await cluster.waitUntilOff();
  });

  test("a node whose certificates end too soon keeps the cluster up", async () => {
    cluster.shortenCertificates("worker-1", 2);
    const gate = { mode: "gate", clock: cluster.clock, deadlineMs: 0 } as const;
    await expect(passRotationGate(await cluster.connect(), gate)).rejects.toThrow(
      /client certificate of worker-1 .*serving certificate of worker-1 /,
    );
  });

  test("a signer that has expired is guessed; once it is replaced, all is signed and proven", async () => {
    await on.capture();
    cluster.expireSigner();
    await cluster.restore({ isExpired: true });
    const renewal = on.when(/ approved and not signed: /, () => {
      cluster.renewSigner();
      return Promise.resolve();
    });
    const { certificateRequests, freshness } = await on.revive(renewal);
    await renewal.done();
    expect(on.lines).toContainEqual(
      expect.stringMatching(
        /^waiting for nodes: 0 of 5 nodes Ready, .*, \d approved and not signed: has the cluster's csr-signer expired\?$/,
      ),
    );
    expect(certificateRequests.approved.length).toBeGreaterThanOrEqual(10);
    expect(freshness.isProven).toBe(true);
    for (const node of cluster.nodes) {
      const { clientUntil, servingUntil } = cluster.certificatesOf(node);
      expect(clientUntil.getTime()).toBeGreaterThan(Date.now());
      expect(servingUntil.getTime()).toBeGreaterThan(Date.now());
    }
  });

  test("an API that takes calls and does not answer is waited for", async () => {
    await on.restored();
    await cluster.settle();
    const client = await cluster.connectWith(cluster.plane.kubeconfig(cluster.product), 1000);
    const suspension = on.when(/^good [\d.]+ s of/, async () => {
      cluster.plane.suspendApi();
      await systemClock.sleep(4000);
      cluster.plane.resumeApi();
    });
    const { freshness } = await on.revive(suspension, client);
    await suspension.done();
    expect(on.lines).toContainEqual(
      expect.stringMatching(/^not proven: cannot list \w+: no answer within 1000 ms$/),
    );
    expect(freshness.isProven).toBe(true);
  });

  test("a kubeconfig with another authority ends it after two minutes, not at the deadline", async () => {
    const other = signer("another", -1, 1).pair.certificate;
    const kubeconfig = cluster.plane.kubeconfig(cluster.product, other);
    const clock = faster(20);
    await expect(on.revive({ clock }, await cluster.connectWith(kubeconfig))).rejects.toThrow(
      /^the API's certificate is not trusted: for 2 m \d+ s: /,
    );
  });

  test("a credential that the cluster does not know is refused in the API's words", async () => {
    const kubeconfig = cluster.plane.kubeconfig({ token: "another" });
    await expect(
      on.revive({ deadlines: { api: 2000 } }, await cluster.connectWith(kubeconfig)),
    ).rejects.toThrow(/waiting for the API at \S+; last seen: cannot get .*: 401 Unauthorized$/);
  });
});

describe("the rights that README asks for", () => {
  test("to approve are of both kinds: without that for signers the API says which is lacking", async () => {
    const on = new Driver(await begin());
    const account = await accountWithout(cluster.plane, "signers");
    await on.restored({ isExpired: true });
    const client = await cluster.connectWith(cluster.plane.kubeconfig(account));
    await expect(on.revive({}, client)).rejects.toThrow(
      /^cannot update approval of certificatesigningrequest csr-\w+: 403 .*user not permitted to approve requests with signerName "kubernetes\.io\/kube-apiserver-client-kubelet"/,
    );
  });

  /** What cannot be seen in single calls, and what only other ways to use the program need. */
  const notCalls = [
    "snapset: approve signers kubernetes.io/kube-apiserver-client-kubelet",
    "snapset: approve signers kubernetes.io/kubelet-serving",
    "snapset: delete secrets csr-signer",
    "snapset: delete secrets csr-signer-signer",
    "snapset-nodes: use securitycontextconstraints privileged",
  ];

  test("are enough for all of the above, and no more than that", () => {
    const calls = readAudit(cluster.plane.auditLog);
    expect(neverGranted(calls)).toEqual([]);
    const isWithin: Parameters<typeof unusedRights>[2] = (role, { namespace }) =>
      role.metadata.name !== "snapset-nodes" || namespace === machineConfigNamespace;
    expect(unusedRights(rolesForCluster(), calls, isWithin)).toEqual(notCalls);
  });
});

/** What was refused and never granted: an API server that starts refuses what it grants a moment later. */
function neverGranted(calls: readonly AuditedCall[]): AuditedCall[] {
  const keyOf = ({ verb, group, resource, namespace }: AuditedCall) =>
    [verb, group, resource, namespace].join(" ");
  const granted = new Set(calls.filter(({ status }) => status < 400).map(keyOf));
  return calls.filter((call) => call.status === 403 && !granted.has(keyOf(call)));
}

/** Time that passes so many times as fast. */
function faster(times: number): Clock {
  const began = Date.now();
  return {
    now: () => new Date(began + (Date.now() - began) * times),
    sleep: (ms, signal) => systemClock.sleep(ms / times, signal),
  };
}
