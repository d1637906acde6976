import { kubevirtSettings } from "../../../snapset/kubevirt/settings";
import { problemsOf } from "../../../snapset/problems";

const problems = (value: object): string[] => {
  const parsed = kubevirtSettings.safeParse(value);
  return parsed.success ? [] : problemsOf(parsed.error);
};

test("what is not said has KubeVirt's own defaults", () => {
  const settings = kubevirtSettings.parse({ kubeconfig: "k", namespace: "parks" });
  expect(settings).toMatchObject({
    acceptPartial: false,
    failureDeadline: 300_000,
    unfreezeTimeout: 300_000,
    start: true,
    targets: {},
  });
});

test("every problem is told at once, by key", () => {
  expect(
    problems({
      namespace: "Parks",
      names: [],
      selector: "app=x",
      acceptPartial: "some",
      failureDeadline: "soon",
      targets: { db: { name: "DB", macAddresses: { default: "x" } } },
      volumeRestorePolicy: "Any",
      start: "perhaps",
      nodeAccess: "pod",
    }).toSorted(),
  ).toEqual([
    "acceptPartial: must be true, false, or a list of disks",
    "failureDeadline: must be a duration such as 60s, 5m, 25h or 30d, got soon",
    "kubeconfig: is missing: give the path of a kubeconfig, kubeconfigContent as a secret, or remoteKubeconfig and a bastion",
    "names: must name at least one machine",
    "namespace: must be a name as Kubernetes has them (lower case letters, digits, - and .)",
    "nodeAccess: unknown key",
    "start: must be true or false",
    "targets.db.macAddresses.default: must be a MAC address",
    "targets.db.name: must be a name as Kubernetes has them (lower case letters, digits, - and .)",
    "volumeRestorePolicy: must be one of RandomizeNames, InPlace, PrefixTargetName",
  ]);
});

test("machines are named in one way; a bastion needs its host", () => {
  const given = { kubeconfig: "k", namespace: "parks" };
  expect(problems({ ...given, names: ["db"], selector: "app=x" })).toEqual([
    "selector: names is given already; say in one way which machines are meant",
  ]);
  expect(problems({ ...given, bastion: { user: "core", keyFile: "k" } })).toEqual([
    "bastion.host: is missing",
  ]);
});
