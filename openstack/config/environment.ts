import type { Mapping } from "./files";

/** Variables that choose among clouds; alone they do not describe one. */
const selectors = new Set([
  "OS_CLOUD",
  "OS_CLOUD_NAME",
  "OS_REGION_NAME",
  "OS_CLIENT_CONFIG_FILE",
  "OS_CLIENT_SECURE_FILE",
]);

/** Variables with the prefix that mean something else: to test runners and to loggers. */
const foreign = /^OS_(TEST|STD|LOG)/;

/** The cloud that `OS_*` variables describe, if they do: openstacksdk's pseudo-cloud `envvars`. */
export function cloudOfEnvironment(env: NodeJS.ProcessEnv): Mapping | undefined {
  const names = Object.keys(env).filter(
    (name) => name.startsWith("OS_") && !foreign.test(name) && env[name] !== undefined,
  );
  if (names.every((name) => selectors.has(name))) return undefined;
  return Object.fromEntries(
    names.map((name) => [name.slice("OS_".length).toLowerCase(), env[name]]),
  );
}

/** The pseudo-cloud's name. */
export function environmentCloudName(env: NodeJS.ProcessEnv): string {
  return env.OS_CLOUD_NAME || "envvars";
}
