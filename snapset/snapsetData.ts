import { z } from "zod";
import { InputError } from "../common/errors";
import { normalizeMac } from "./mac";
import type { PlatformName } from "./platforms";
import { isRole, roles, type Role } from "./roles";

/** One server to capture, as Hotstack's `snapset_data` names it. */
export interface Instance {
  /** The member's name in the set, by which a node of an environment finds its image. */
  name: string;
  uuid: string;
  role: Role;
  /** The first MAC address, as Neutron writes it. */
  macAddress: string;
  /** What it runs on. @default nova */
  platform?: PlatformName;
}

/** Hotstack's own structure: what a stack's `snapset_data` output holds. */
export interface SnapsetData {
  instances: Record<
    string,
    { uuid: string; role: Role; mac_address: string; platform?: PlatformName }
  >;
}

const keys = ["uuid", "role", "mac_address"] as const;
type Key = (typeof keys)[number];

/** Our own, beside Hotstack's: for what is no server. */
const platforms = ["nova", "ironic"] as const;

/**
 * Reads Hotstack's `snapset_data`: `instances` maps each name to exactly `uuid`, `role` and
 * `mac_address`, all strings; and of a bare-metal node to our `platform` beside them.
 *
 * Source: Hotstack's module `hotstack_snapset`, `validate_snapset_data`.
 *
 * @param source where the data is from; stands in front of the problems
 * @throws {InputError} with every problem at once
 */
export function parseSnapsetData(data: unknown, source: string): Instance[] {
  if (!isRecord(data)) throw new InputError(source, ["snapset_data must be a mapping"]);
  // Hotstack nests everything under `snapset_data` in its files, and not in stack outputs.
  const inner = isRecord(data["snapset_data"]) ? data["snapset_data"] : data;
  if (!isRecord(inner["instances"])) {
    throw new InputError(source, ["snapset_data must contain 'instances'"]);
  }
  const entries = Object.entries(inner["instances"]);
  if (entries.length === 0) {
    throw new InputError(source, ["snapset_data.instances: must name at least one instance"]);
  }
  const problems = entries.flatMap(([name, value]) => instanceProblems(name, value));
  if (problems.length > 0) throw new InputError(source, problems);
  const instances = entries.map(([name, value]) => toInstance(name, value as InstanceData));
  const repeated = repeatedValues(instances);
  if (repeated.length > 0) throw new InputError(source, repeated);
  return instances;
}

/** The structure of `instances` again, for a stack's output. */
export function toSnapsetData(instances: readonly Instance[]): SnapsetData {
  return {
    instances: Object.fromEntries(
      instances.map(({ name, uuid, role, macAddress, platform }) => [
        name,
        { uuid, role, mac_address: macAddress, ...(platform && { platform }) },
      ]),
    ),
  };
}

function instanceProblems(name: string, value: unknown): string[] {
  const key = `instances.${name}`;
  if (!isRecord(value)) return [`${key}: must be a mapping`];
  const known = [...keys, "platform"];
  const unknown = Object.keys(value).filter((k) => !known.includes(k));
  return [
    ...unknown.map((k) => `${key}.${k}: unknown key; allowed are ${known.join(", ")}`),
    ...platformProblems(`${key}.platform`, value["platform"]),
    ...keys.flatMap((k) => {
      if (!(k in value)) return [`${key}.${k}: is missing`];
      const text = value[k];
      return typeof text === "string"
        ? valueProblems(`${key}.${k}`, k, text)
        : [`${key}.${k}: must be a string`];
    }),
  ];
}

function platformProblems(path: string, value: unknown): string[] {
  return value === undefined || (platforms as readonly unknown[]).includes(value)
    ? []
    : [`${path}: must be one of ${platforms.join(", ")}`];
}

function valueProblems(path: string, key: Key, text: string): string[] {
  switch (key) {
    case "uuid":
      // Nova's own ids; the variant and version digits are not all RFC 4122.
      return z.guid().safeParse(text).success ? [] : [`${path}: must be a UUID, got ${text}`];
    case "role":
      return isRole(text) ? [] : [`${path}: must be one of ${roles.join(", ")}, got ${text}`];
    case "mac_address":
      return normalizeMac(text) === undefined
        ? [`${path}: must be a MAC address, got ${text}`]
        : [];
  }
}

type InstanceData = Record<Key, string> & { platform?: PlatformName };

function toInstance(name: string, value: InstanceData): Instance {
  return {
    name,
    uuid: value.uuid.toLowerCase(),
    role: value.role as Role,
    macAddress: normalizeMac(value.mac_address) ?? value.mac_address,
    ...(value.platform !== undefined && { platform: value.platform }),
  };
}

function repeatedValues(instances: Instance[]): string[] {
  const seen = new Map<string, string>();
  return instances.flatMap(({ name, uuid, macAddress }) =>
    (
      [
        ["uuid", uuid],
        ["mac_address", macAddress],
      ] as const
    ).flatMap(([key, value]) => {
      const earlier = seen.get(value);
      if (earlier !== undefined) {
        return [`instances.${name}.${key}: ${value} is that of ${earlier} already`];
      }
      seen.set(value, name);
      return [];
    }),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
