import { judgeRotation } from "../../openshift/rotation";
import type { Signer } from "../../openshift/signers";

const now = new Date("2026-03-10T12:00:00Z");
const kubeletCaveat =
  "kubelet certificates (the first ones, which live 24 h, must have been renewed since the installation)";

function signer(name: string, notBefore: string, notAfter: string): Signer {
  return { namespace: "openshift-kube-controller-manager-operator", name, notBefore, notAfter };
}

const rotated = [
  signer("csr-signer", "2026-03-09T12:00:00Z", "2026-04-08T12:00:00Z"),
  signer("csr-signer-signer", "2026-03-09T12:00:00Z", "2026-05-08T12:00:00Z"),
];

test("rotated signers pass, and the earliest expiry is the set's", () => {
  expect(judgeRotation(rotated, { now, installedAt: "2026-03-08T12:00:00Z" })).toEqual({
    rotated: true,
    notAfter: "2026-04-08T12:00:00.000Z",
    reasons: [],
    notLookedAt: [kubeletCaveat],
  });
});

test("a cluster in its first day is told by its first signers", () => {
  const first = [
    signer("csr-signer", "2026-03-10T07:00:00Z", "2026-03-11T07:00:00Z"),
    ...rotated.slice(1),
  ];
  expect(judgeRotation(first, { now, installedAt: "2026-03-10T08:00:00Z" })).toEqual({
    rotated: false,
    notAfter: "2026-03-11T07:00:00.000Z",
    reasons: [
      "csr-signer is still the installer's first, valid until 2026-03-11T07:00:00Z; the cluster was installed 4 h 0 m ago",
    ],
    notLookedAt: ["kubelet certificates (the first ones live 24 h from the installation)"],
  });
});

test("rotated, but not valid for long enough", () => {
  const late = { now: new Date("2026-03-20T00:00:00Z") };
  expect(judgeRotation(rotated, late).reasons).toEqual([
    "csr-signer is valid for 19.5 days more (until 2026-04-08T12:00:00Z), 25.0 days are needed",
  ]);
  expect(judgeRotation(rotated, { ...late, minValidityMs: 86_400_000 }).rotated).toBe(true);
});

test("exactly long enough is enough", () => {
  const minValidityMs = Date.parse("2026-04-08T12:00:00Z") - now.getTime();
  expect(judgeRotation(rotated, { now, minValidityMs }).rotated).toBe(true);
  expect(judgeRotation(rotated, { now, minValidityMs: minValidityMs + 1 }).rotated).toBe(false);
});

test("expired, missing and unreadable signers are reasons, each by name", () => {
  const bad: Signer[] = [
    signer("csr-signer", "2026-01-09T12:00:00Z", "2026-02-08T12:00:00Z"),
    { namespace: "openshift-kube-controller-manager-operator", name: "csr-signer-signer" },
    signer("kube-apiserver-to-kubelet-signer", "yesterday", "tomorrow"),
  ];
  expect(judgeRotation(bad, { now }).reasons).toEqual([
    "csr-signer expired at 2026-02-08T12:00:00Z",
    "csr-signer-signer has no dates (secret openshift-kube-controller-manager-operator/csr-signer-signer or its annotations are missing)",
    "kube-apiserver-to-kubelet-signer has dates that cannot be read: yesterday, tomorrow",
  ]);
});

test("no signers prove nothing", () => {
  expect(judgeRotation([], { now })).toMatchObject({
    rotated: false,
    notAfter: undefined,
    reasons: ["no signer was read"],
  });
});
