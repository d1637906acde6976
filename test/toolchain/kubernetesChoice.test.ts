import { chooseKubernetes, type Place } from "../../toolchain/kubernetesChoice";

const go = "go version go1.26.8 linux/amd64\n";
const versions = {
  etcd: "etcd Version: 3.5.0\nGit SHA: 1\nGo Version: go1.24.1\n",
  "kube-apiserver": "Kubernetes v1.32.0\n",
  "kube-controller-manager": "Kubernetes v1.36.3\n",
  kwok: "kwok version v0.6.0 go1.24 (linux/amd64)\n",
};
const path = (other: Partial<Place["versions"]> = {}): Place => ({
  directory: undefined,
  versions: { ...versions, ...other },
});
const choose = (places: readonly Place[], found: string | undefined = go) =>
  chooseKubernetes(places, found, [1, 26, 0]);
const build = { kind: "build", goVersion: "go version go1.26.8 linux/amd64" };

test("the first place that has every program comes first", () => {
  const named = { directory: "/opt/kube", versions };
  expect(choose([named, path()])).toEqual({ kind: "found", directory: "/opt/kube" });
  expect(choose([{ ...named, versions: {} }, path()])).toEqual({
    kind: "found",
    directory: undefined,
  });
});

test.each([
  ["kwok", undefined],
  ["etcd", "etcd Version: 3.4.30\n"],
  ["kube-apiserver", "Kubernetes v1.31.9\n"],
  ["kube-controller-manager", "something else"],
])("where %s says %j all are built", (name, says) => {
  expect(choose([path({ [name]: says })])).toEqual(build);
});

test.each([
  ["", "no go"],
  ["go version go1.25.3 linux/amd64", "go 1.25.3"],
])("with %j for Go, one sentence says what to install", (found, seen) => {
  expect(() => choose([path()], found)).toThrow(
    new Error(`toolchain: install Go 1.26 or newer (https://go.dev/dl/); on PATH there is ${seen}`),
  );
});
