import { output, type Output } from "@pulumi/pulumi";
import type { Environment } from "../snapset/environment/environment";

/** What outputs can refer to, by the names of an environment. */
export interface DeployedThings {
  $serverId: ReadonlyMap<string, Output<string>>;
  $macAddress: ReadonlyMap<string, Output<string>>;
  $floatingIp: ReadonlyMap<string, Output<string>>;
  $mtu: ReadonlyMap<string, Output<number | undefined>>;
}

/** An environment's outputs with each reference replaced by what it stands for; null for nothing. */
export function resolveOutputs(
  outputs: NonNullable<Environment["outputs"]>,
  things: DeployedThings,
): Output<unknown> {
  return output(replaced(outputs, things));
}

function replaced(value: unknown, things: DeployedThings): unknown {
  if (Array.isArray(value)) return value.map((item) => replaced(item, things));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  const [first] = entries;
  if (first !== undefined && entries.length === 1 && isReference(first[0], things)) {
    return things[first[0]].get(String(first[1])) ?? null;
  }
  return Object.fromEntries(entries.map(([key, item]) => [key, replaced(item, things)] as const));
}

function isReference(key: string, things: DeployedThings): key is keyof DeployedThings {
  return Object.hasOwn(things, key);
}
