import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pulumiTools } from "../../toolchain/tools";

const root = join(__dirname, "..", "..");

test("the command comes first, then the language host, then the provider plugin", () => {
  expect(pulumiTools.map(({ name, target }) => [name, target])).toEqual([
    ["pulumi", "bin/pulumi"],
    ["pulumi-language-nodejs", "bin/pulumi-language-nodejs"],
    [
      "pulumi-resource-openstack",
      "home/plugins/resource-openstack-v3.15.2/pulumi-resource-openstack",
    ],
  ]);
});

test.each(pulumiTools)("$name has a module with its checksums", ({ folder }) => {
  const module = join(root, "toolchain", "tools", folder);
  expect(["go.mod", "go.sum"].filter((name) => !existsSync(join(module, name)))).toEqual([]);
});

test("the plugin has the version of the npm package, which asks for it by that version", () => {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  const plugin = pulumiTools.find(({ name }) => name === "pulumi-resource-openstack");
  expect(plugin?.version).toBe(manifest.dependencies["@pulumi/openstack"]);
});
