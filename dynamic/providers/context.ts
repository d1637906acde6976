import { systemClock } from "../../common/clock";
import { connect } from "../../openstack";
import type { Context, RunContext } from "../../platforms/context";
import { clusterSecretsOf } from "../../snapset/config";
import type { Engine } from "./engine";

/** What Pulumi hands a dynamic provider of the stack's configuration, secrets in clear. */
export interface StackConfig {
  get(key: string): string | undefined;
}

/** What a provider is made from. */
export interface Surroundings {
  config: StackConfig;
  engine: Engine;
}

/**
 * Runs `work` on the cloud that the stack's configuration names, the same as the OpenStack
 * provider's.
 */
export async function withContext<T>(
  config: StackConfig,
  engine: Engine,
  urn: string | undefined,
  work: (context: Context) => Promise<T>,
): Promise<T> {
  const cloud = await connect({
    ...optional("cloud", config.get("openstack:cloud")),
    ...optional("region", config.get("openstack:region")),
    signal: engine.signal,
  });
  try {
    return await work({
      ...runContext(engine, urn),
      cloud,
      clusterSecrets: clusterSecretsOf(config.get("snapset:cluster")),
    });
  } finally {
    await cloud.close();
  }
}

/** What one call of a provider acts with, whatever it acts on. */
export function runContext(engine: Engine, urn: string | undefined): RunContext {
  let shown = "";
  return {
    clock: systemClock,
    signal: engine.signal,
    report: (line) => {
      // Without a terminal every message is a line of the log: what is the same is not said again.
      if (line !== shown) engine.status(urn, line);
      shown = line;
    },
    warn: (line) => {
      engine.warn(urn, line);
    },
  };
}

function optional<K extends string>(key: K, value: string | undefined): Partial<Record<K, string>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, string>);
}
