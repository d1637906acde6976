import type { KubeletCredentials, NodeReading } from "../../../openshift/rotation/credentials";
import {
  judgeRotation,
  renewedBy,
  type RotationSeen,
  type RotationTerms,
} from "../../../openshift/rotation/judgeRotation";
import type { Signer } from "../../../openshift/rotation/signers";

const day = 86_400_000;
const terms: RotationTerms = { now: new Date("2026-03-10T12:00:00Z"), minValidityMs: 14 * day };

function signer(name: string, notBefore: string, notAfter: string): Signer {
  return { namespace: "openshift-kube-controller-manager-operator", name, notBefore, notAfter };
}

const month = { notBefore: "2026-03-09T13:00:00Z", notAfter: "2026-04-08T12:00:00Z" };

function node(name: string, credentials: Partial<KubeletCredentials> = {}): NodeReading {
  const bootstrap = { kind: "token" } as const;
  return { node: name, credentials: { client: month, serving: month, bootstrap, ...credentials } };
}

const signers = [
  signer("csr-signer", "2026-03-09T12:00:00Z", "2026-04-08T12:00:00Z"),
  signer("csr-signer-signer", "2026-03-09T12:00:00Z", "2026-05-08T12:00:00Z"),
];
const rotated: RotationSeen = { signers, kubelets: [node("master-0"), node("worker-0")] };
const reasons = (seen: Partial<RotationSeen>, under: Partial<RotationTerms> = {}) =>
  judgeRotation({ ...rotated, ...seen }, { ...terms, ...under }).reasons;

test("passes when everything outlives the shutdown; the earliest of all is told", () => {
  const sooner = { ...month, notAfter: "2026-04-08T11:00:00Z" };
  const kubelets = [node("master-0"), node("worker-0", { serving: sooner })];
  expect(judgeRotation({ signers, kubelets }, terms)).toEqual({
    rotated: true,
    shortfalls: [],
    reasons: [],
    earliest: { what: "serving certificate of worker-0", notAfter: "2026-04-08T11:00:00.000Z" },
    notes: [],
  });
});

test("one node's certificate that is short by an hour does not pass, and is told with its renewal", () => {
  const short = { notBefore: "2026-03-01T11:00:00Z", notAfter: "2026-03-24T11:00:00Z" };
  expect(reasons({ kubelets: [node("master-0"), node("worker-0", { client: short })] })).toEqual([
    "client certificate of worker-0 ends at 2026-03-24T11:00:00Z, 1 h 0 m too early (14.0 days are needed); the cluster renews it between 2026-03-17T13:24:00Z and 2026-03-22T03:48:00Z",
  ]);
  const enough = { ...short, notAfter: "2026-03-24T12:00:00Z" };
  expect(reasons({ kubelets: [node("master-0", { client: enough, serving: enough })] })).toEqual(
    [],
  );
});

test("an expired signer is told, and when it should have been renewed", () => {
  const expired = signer("csr-signer", "2026-01-09T12:00:00Z", "2026-02-08T12:00:00Z");
  expect(reasons({ signers: [expired, ...signers.slice(1)] })).toEqual([
    "csr-signer expired at 2026-02-08T12:00:00Z; its renewal was due at 2026-01-24T12:00:00Z",
  ]);
});

describe("a cluster in its first day", () => {
  const first = { notBefore: "2026-03-10T07:00:00Z", notAfter: "2026-03-11T07:00:00Z" };
  const young: RotationSeen = {
    signers: [signer("csr-signer", first.notBefore, first.notAfter)],
    kubelets: [node("master-0", { client: first })],
  };

  test("is told by its first signers, which are renewed at 80 % of their day", () => {
    expect(reasons(young, { installedAt: "2026-03-10T08:00:00Z" })).toEqual([
      "csr-signer ends at 2026-03-11T07:00:00Z, 13.2 days too early (14.0 days are needed): it is still the installer's first, the cluster was installed 4 h 0 m ago; the cluster renews it by 2026-03-11T02:12:00Z",
      "client certificate of master-0 ends at 2026-03-11T07:00:00Z, 13.2 days too early (14.0 days are needed); the cluster renews it between 2026-03-10T23:48:00Z and 2026-03-11T07:00:00Z",
    ]);
  });

  test("is rotated when its first signers end at the latest: no kubelet's certificate outlives them", () => {
    const { shortfalls } = judgeRotation(young, terms);
    expect(renewedBy(shortfalls, terms.now)?.toISOString()).toBe("2026-03-11T07:00:00.000Z");
  });

  test("passes when less is asked for than it has", () => {
    expect(reasons(young, { minValidityMs: 19 * 3_600_000 })).toEqual([]);
  });
});

test("exactly long enough is enough", () => {
  const minValidityMs = Date.parse(month.notAfter) - terms.now.getTime();
  expect(reasons({}, { minValidityMs })).toEqual([]);
  expect(reasons({}, { minValidityMs: minValidityMs + 1 })).toHaveLength(5);
});

test("a rotated csr-signer is renewed half-way, a kubelet's certificate between 70 and 90 %", () => {
  const later = { now: new Date("2026-03-29T12:00:00Z") };
  const { shortfalls } = judgeRotation(rotated, { ...terms, ...later });
  const due = shortfalls.map(({ what, due: { from, to } = {} }) => [
    what,
    from?.toISOString(),
    to?.toISOString(),
  ]);
  expect(due.slice(0, 2)).toEqual([
    ["csr-signer", "2026-03-24T12:00:00.000Z", "2026-03-24T12:00:00.000Z"],
    ["client certificate of master-0", "2026-03-30T12:18:00.000Z", "2026-04-08T12:00:00.000Z"],
  ]);
});

test("missing and unreadable signers are reasons, each by name; nobody renews them by time", () => {
  const bad: Signer[] = [
    { namespace: "openshift-kube-controller-manager-operator", name: "csr-signer-signer" },
    signer("kube-apiserver-to-kubelet-signer", "yesterday", "tomorrow"),
  ];
  expect(reasons({ signers: bad })).toEqual([
    "csr-signer-signer has no dates (secret openshift-kube-controller-manager-operator/csr-signer-signer or its annotations are missing)",
    "kube-apiserver-to-kubelet-signer has dates that cannot be read: yesterday, tomorrow",
  ]);
  expect(
    renewedBy(judgeRotation({ ...rotated, signers: bad }, terms).shortfalls, terms.now),
  ).toBeUndefined();
});

test("a kubelet's certificate that has expired is not waited for, whatever its signer does", () => {
  const expiring = signer("csr-signer", "2026-03-09T18:00:00Z", "2026-03-10T18:00:00Z");
  const client = { notBefore: "2026-03-09T11:50:00Z", notAfter: "2026-03-10T11:50:00Z" };
  const seen = { signers: [expiring], kubelets: [node("master-0", { client })] };
  const { shortfalls } = judgeRotation(seen, terms);
  expect(shortfalls.map(({ due }) => due?.to.toISOString())).toEqual([
    "2026-03-10T13:12:00.000Z",
    undefined,
  ]);
});

test("what should have been renewed more than an hour ago is not waited for", () => {
  const late = signer("csr-signer", "2026-03-09T13:30:00Z", "2026-03-10T13:30:00Z");
  const { shortfalls } = judgeRotation({ ...rotated, signers: [late] }, terms);
  const due = new Date("2026-03-10T08:42:00Z");
  const after = (minutes: number) => new Date(due.getTime() + minutes * 60_000);
  expect(renewedBy(shortfalls, after(60))).toEqual(due);
  expect(renewedBy(shortfalls, after(61))).toBeUndefined();
});

test("a node that could not be read is a reason, and so is a certificate that is not there", () => {
  const unread = { node: "worker-0", problem: "it is not Ready" };
  const bare: NodeReading = { node: "master-0", credentials: { client: month } };
  expect(reasons({ kubelets: [bare, unread] })).toEqual([
    "serving certificate of master-0 is missing",
    "certificates of worker-0 could not be read: it is not Ready",
  ]);
});

test("nothing proves nothing", () => {
  expect(judgeRotation({ signers: [], kubelets: [] }, terms)).toMatchObject({
    rotated: false,
    earliest: undefined,
    reasons: ["signers were not read", "kubelets were not read"],
  });
});

describe("a bootstrap credential that has expired", () => {
  const bootstrap = { kind: "certificate", notAfter: "2026-03-10T06:00:00Z" } as const;

  test("is a reason on a node whose client certificate falls short", () => {
    const client = { notBefore: "2026-03-09T18:00:00Z", notAfter: "2026-03-10T18:00:00Z" };
    expect(reasons({ kubelets: [node("master-0", { client, bootstrap })] })).toEqual([
      expect.stringMatching(/^client certificate of master-0 ends at 2026-03-10T18:00:00Z, /),
      "bootstrap credential of master-0 expired at 2026-03-10T06:00:00Z, so a new certificate could not be asked for",
    ]);
  });

  test("is noted where it is not needed before the client certificate ends", () => {
    const verdict = judgeRotation({ signers, kubelets: [node("master-0", { bootstrap })] }, terms);
    expect(verdict.rotated).toBe(true);
    expect(verdict.notes).toEqual([
      "bootstrap credential of master-0 expired at 2026-03-10T06:00:00Z: it is not needed before the client certificate ends",
    ]);
  });

  test("with an expired client certificate there is nothing to wait for", () => {
    const client = { notBefore: "2026-03-09T06:00:00Z", notAfter: "2026-03-10T06:00:00Z" };
    const { shortfalls } = judgeRotation(
      { signers, kubelets: [node("master-0", { client, bootstrap })] },
      terms,
    );
    expect(shortfalls).toHaveLength(2);
    expect(renewedBy(shortfalls, terms.now)).toBeUndefined();
  });
});
