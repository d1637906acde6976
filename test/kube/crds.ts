import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { KubeObject } from "./Api";

const root = join(__dirname, "..", "..");

/** OpenShift's own definitions, as the payload of an installation has them. */
const manifests = [
  "config/v1/zz_generated.crd-manifests/0000_00_cluster-version-operator_01_clusteroperators.crd.yaml",
  "config/v1/zz_generated.crd-manifests/0000_00_cluster-version-operator_01_clusterversions-Default.crd.yaml",
  "config/v1/zz_generated.crd-manifests/0000_10_config-operator_01_infrastructures-Default.crd.yaml",
  "machineconfiguration/v1/zz_generated.crd-manifests/0000_80_machine-config_01_machineconfigpools-SelfManagedHA.crd.yaml",
  "route/v1/zz_generated.crd-manifests/routes.crd.yaml",
];

/** The definitions of OpenShift's types, from the Go module that they are published in. */
export function openshiftCrds(): KubeObject[] {
  const module = openshiftApi();
  return manifests.map((path) => parse(readFileSync(join(module, path), "utf8")) as KubeObject);
}

/** Where Go keeps the module, whose checksum is that of our go.sum. */
function openshiftApi(): string {
  const answer = execFileSync("go", ["mod", "download", "-json", "github.com/openshift/api"], {
    cwd: join(root, "toolchain", "tools", "openshift-api"),
    env: { ...process.env, GOTOOLCHAIN: "local", GOFLAGS: "-mod=mod", GOWORK: "off" },
    encoding: "utf8",
  });
  return (JSON.parse(answer) as { Dir: string }).Dir;
}
