import { delimiter, join } from "node:path";
import { findToolchain, type Toolchain } from "./toolchain";

/**
 * The environment to run `pulumi` in: this process's own, with the toolchain found first. Backend
 * and passphrase are the caller's.
 *
 * @param root the checkout
 * @throws {InputError} when there is no toolchain yet
 * @example spawn("pulumi", ["preview"], { env: { ...pulumiEnvironment(root), PULUMI_BACKEND_URL } })
 */
export function pulumiEnvironment(root: string): Record<string, string> {
  return environmentFor(findToolchain(root), process.env);
}

/** `env` with what makes Pulumi use this toolchain. */
export function environmentFor(
  toolchain: Toolchain,
  env: NodeJS.ProcessEnv,
): Record<string, string> {
  const own = Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  const quiet = { ...own, PULUMI_SKIP_UPDATE_CHECK: "true" };
  if (toolchain.kind === "installed") return quiet;
  const path = [join(toolchain.directory, "bin"), own["PATH"] ?? ""].join(delimiter);
  return {
    ...quiet,
    PATH: path,
    PULUMI_HOME: join(toolchain.directory, "home"),
    // Everything is there, in the versions that belong together: nothing is looked for elsewhere.
    PULUMI_IGNORE_AMBIENT_PLUGINS: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_DISABLE_REGISTRY_RESOLVE: "true",
    PULUMI_CREDENTIAL_STORE: "plaintext",
  };
}
