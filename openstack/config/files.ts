import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { InputError, messageOf } from "../../common/errors";

/** Where configuration is looked for. */
export interface Surroundings {
  env: NodeJS.ProcessEnv;
  cwd: string;
  home: string;
}

/** A mapping of a YAML file, its keys written with `_`. */
export type Mapping = Record<string, unknown>;

/** The clouds that the user's files define. */
export interface CloudFiles {
  /** Every path that was tried, in order. */
  searched: string[];
  /** The file that was found. */
  path: string | undefined;
  clouds: Record<string, Mapping>;
}

/**
 * Reads `clouds.yaml` and merges `secure.yaml` into it. Of each kind the first file that exists
 * counts, in the order of openstacksdk's `config/loader.py`: the file that the environment names,
 * the working directory, the user's configuration, the machine's.
 *
 * @throws {InputError} for a file that is no YAML mapping
 */
export function readCloudFiles({ env, cwd, home }: Surroundings): CloudFiles {
  const directories = [
    cwd,
    join(env.XDG_CONFIG_HOME || join(home, ".config"), "openstack"),
    join(home, ".config", "openstack"),
    "/etc/openstack",
  ];
  const pathsOf = (name: string, override: string | undefined) => [
    ...new Set([
      ...(override ? [override] : []),
      ...directories.flatMap((directory) =>
        ["yaml", "yml", "json"].map((extension) => join(directory, `${name}.${extension}`)),
      ),
    ]),
  ];
  const searched = pathsOf("clouds", env.OS_CLIENT_CONFIG_FILE);
  const open = readFirst(searched);
  const secure = readFirst(pathsOf("secure", env.OS_CLIENT_SECURE_FILE));
  const clouds = mappingOf(merge(mappingOf(open?.content), mappingOf(secure?.content))["clouds"]);
  return {
    searched,
    path: open?.path,
    clouds: Object.fromEntries(
      Object.entries(clouds).map(([name, cloud]) => [name, normaliseKeys(mappingOf(cloud))]),
    ),
  };
}

/** The value itself if it is a mapping, else an empty one. */
export function mappingOf(value: unknown): Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Mapping)
    : {};
}

function readFirst(paths: readonly string[]): { path: string; content: unknown } | undefined {
  for (const path of paths) {
    const text = readIfReadable(path);
    if (text === undefined) continue;
    return { path, content: parseYaml(path, text) };
  }
  return undefined;
}

/** The SDK passes over a file that it may not read: another one may be meant for this user. */
function readIfReadable(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "EACCES" || code === "ENOTDIR") return undefined;
    throw new InputError(path, [messageOf(error)]);
  }
}

function parseYaml(path: string, text: string): unknown {
  let content: unknown;
  try {
    // Pretty errors quote the line that is wrong, and that line may hold a password.
    content = parse(text, { prettyErrors: false, logLevel: "error" });
  } catch (error) {
    const [offset] = (error as { pos?: [number, number] }).pos ?? [0];
    const line = text.slice(0, offset).split("\n").length;
    throw new InputError(path, [`line ${line}: not valid YAML`]);
  }
  if (content === null || content === undefined) return {};
  if (typeof content !== "object" || Array.isArray(content)) {
    throw new InputError(path, ["must be a mapping with the key `clouds`"]);
  }
  return content;
}

function merge(base: Mapping, over: Mapping): Mapping {
  const merged = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const isNested = typeof value === "object" && value !== null && !Array.isArray(value);
    merged[key] = isNested ? merge(mappingOf(base[key]), mappingOf(value)) : value;
  }
  return merged;
}

function normaliseKeys(mapping: Mapping): Mapping {
  return Object.fromEntries(
    Object.entries(mapping).map(([key, value]) => [
      key.replaceAll("-", "_"),
      key === "auth" ? normaliseKeys(mappingOf(value)) : value,
    ]),
  );
}
