import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parse } from "yaml";
import { kubernetesTools, pulumiTools } from "../../toolchain/tools";

const root = join(__dirname, "..", "..");

test("the command comes first, then the language host, then the provider plugin", () => {
  expect(pulumiTools.map(({ name, target }) => [name, target])).toEqual([
    ["pulumi", "bin/pulumi"],
    ["pulumi-language-nodejs", "bin/pulumi-language-nodejs-3.68.0"],
    [
      "pulumi-resource-openstack",
      "home/plugins/resource-openstack-v3.15.2/pulumi-resource-openstack",
    ],
  ]);
});

test("a Kubernetes API is four programs in one folder", () => {
  expect(kubernetesTools.map(({ target }) => target)).toEqual([
    "bin/etcd",
    "bin/kube-apiserver",
    "bin/kube-controller-manager",
    "bin/kwok",
  ]);
});

test.each([...pulumiTools, ...kubernetesTools])(
  "$name has a module with its checksums",
  ({ folder }) => {
    const module = join(root, "toolchain", "tools", folder);
    expect(["go.mod", "go.sum"].filter((name) => !existsSync(join(module, name)))).toEqual([]);
  },
);

test("the plugin has the version of the npm package, which asks for it by that version", () => {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  const plugin = pulumiTools.find(({ name }) => name === "pulumi-resource-openstack");
  expect(plugin?.version).toBe(manifest.dependencies["@pulumi/openstack"]);
});

test("the language host is started with the options of Pulumi.yaml, then those of the command", () => {
  const host = pulumiTools.find(({ name }) => name === "pulumi-language-nodejs");
  const launcher = host?.launcher;
  if (host === undefined || launcher === undefined) throw new Error("there is no launcher");
  const folder = mkdtempSync(join(tmpdir(), "snapset-launcher-"));
  try {
    const program = join(folder, host.target);
    mkdirSync(dirname(program), { recursive: true });
    writeFileSync(program, '#!/bin/sh\nprintf "%s\\n" "$@"\n', { mode: 0o755 });
    const script = join(folder, launcher.target);
    copyFileSync(join(root, "toolchain", "tools", host.folder, launcher.source), script);
    const told = execFileSync(script, ["127.0.0.1:1", "a b"], { encoding: "utf8" }).split("\n");
    const project = parse(readFileSync(join(root, "Pulumi.yaml"), "utf8")) as {
      runtime: { options: { typescript: boolean; nodeargs: string } };
    };
    const { typescript, nodeargs } = project.runtime.options;
    const options = [`-typescript=${String(typescript)}`, "-nodeargs", nodeargs];
    expect(told).toEqual([...options, "127.0.0.1:1", "a b", ""]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
