import { environmentFor } from "../../toolchain/environment";

const own = { PATH: "/usr/bin", PULUMI_BACKEND_URL: "file:///state", GONE: undefined };

test("a built toolchain is found first, and nothing is looked for elsewhere", () => {
  expect(environmentFor({ kind: "built", directory: "/cache/t" }, own)).toEqual({
    PATH: "/cache/t/bin:/usr/bin",
    PULUMI_BACKEND_URL: "file:///state",
    PULUMI_HOME: "/cache/t/home",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_IGNORE_AMBIENT_PLUGINS: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_DISABLE_REGISTRY_RESOLVE: "true",
    PULUMI_CREDENTIAL_STORE: "plaintext",
  });
});

test("an installed Pulumi keeps its home, and gets its plugins by itself", () => {
  expect(environmentFor({ kind: "installed" }, own)).toEqual({
    PATH: "/usr/bin",
    PULUMI_BACKEND_URL: "file:///state",
    PULUMI_SKIP_UPDATE_CHECK: "true",
  });
});
