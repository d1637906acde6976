import { InputError } from "../../common/errors";
import { cloudOfEnvironment, environmentCloudName } from "./environment";
import { readCloudFiles, type CloudFiles, type Mapping, type Surroundings } from "./files";
import { readCloud } from "./readCloud";
import type { CloudSettings } from "./settings";

/** Which cloud is meant. */
export interface Choice {
  /** @default `OS_CLOUD`, else the cloud of the `OS_*` variables, else the only one there is */
  cloud?: string | undefined;
  /** @default `OS_REGION_NAME`, else the cloud's own */
  region?: string | undefined;
}

/**
 * Finds the chosen cloud as openstacksdk does.
 *
 * @throws {InputError} when there is no such cloud, or its settings have problems: all of them
 */
export function loadCloud(choice: Choice, surroundings: Surroundings): CloudSettings {
  const { env } = surroundings;
  const files = readCloudFiles(surroundings);
  const clouds = { ...files.clouds, ...environmentClouds(files, env) };
  const name = choice.cloud || env.OS_CLOUD || defaultCloud(clouds, env);
  if (name === undefined) throw notChosen(files, clouds);
  const cloud = Object.hasOwn(clouds, name) ? clouds[name] : undefined;
  if (cloud === undefined) {
    throw new InputError(`cloud \`${name}\``, [`is not defined; ${whatThereIs(files, clouds)}`]);
  }
  return readCloud(name, cloud, choice.region || env.OS_REGION_NAME || undefined, surroundings);
}

function environmentClouds(files: CloudFiles, env: NodeJS.ProcessEnv): Record<string, Mapping> {
  const cloud = cloudOfEnvironment(env);
  if (cloud === undefined) return {};
  const name = environmentCloudName(env);
  if (Object.hasOwn(files.clouds, name)) {
    throw new InputError(`cloud \`${name}\``, [
      `defined both in ${files.path ?? "secure.yaml"} and by OS_* variables; rename one of them`,
    ]);
  }
  return { [name]: cloud };
}

function defaultCloud(
  clouds: Readonly<Record<string, Mapping>>,
  env: NodeJS.ProcessEnv,
): string | undefined {
  const environmentCloud = environmentCloudName(env);
  if (Object.hasOwn(clouds, environmentCloud)) return environmentCloud;
  const names = Object.keys(clouds);
  return names.length === 1 ? names[0] : undefined;
}

function notChosen(files: CloudFiles, clouds: Readonly<Record<string, Mapping>>): InputError {
  return new InputError("cloud", [
    `none is chosen: set \`openstack:cloud\` or OS_CLOUD; ${whatThereIs(files, clouds)}`,
  ]);
}

function whatThereIs(files: CloudFiles, clouds: Readonly<Record<string, Mapping>>): string {
  const names = Object.keys(clouds);
  const where = files.path ?? `no file among ${files.searched.join(", ")}`;
  return names.length === 0
    ? `there are no clouds in ${where}`
    : `clouds in ${where}: ${names.toSorted().join(", ")}`;
}
