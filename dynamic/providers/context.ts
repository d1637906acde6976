import { systemClock, type Clock } from "../../common/clock";
import { connect, type OpenStack } from "../../openstack";
import { clusterSecretsOf } from "../../snapset/config";
import type { ClusterSecrets } from "../../snapset/clusterReach";
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

/** Everything a provider acts with; made once for each of its calls. */
export interface Context {
  cloud: OpenStack;
  clock: Clock;
  signal: AbortSignal;
  /** One line of progress, on the resource's row. */
  report: (line: string) => void;
  /** A warning that is repeated when all is done. */
  warn: (line: string) => void;
  /** What the stack's configuration itself holds of keys and of a kubeconfig. */
  clusterSecrets: ClusterSecrets;
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
  let shown = "";
  try {
    return await work({
      cloud,
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
      clusterSecrets: clusterSecretsOf(config.get("snapset:cluster")),
    });
  } finally {
    await cloud.close();
  }
}

function optional<K extends string>(key: K, value: string | undefined): Partial<Record<K, string>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, string>);
}
