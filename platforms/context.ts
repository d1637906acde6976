import type { Clock } from "../common/clock";
import type { OpenStack } from "../openstack";
import type { ClusterSecrets } from "../snapset/clusterReach";

/** What everybody acts with, on whatever platform. */
export interface RunContext {
  clock: Clock;
  signal: AbortSignal;
  /** One line of progress, on the resource's row. */
  report: (line: string) => void;
  /** A warning that is repeated when all is done. */
  warn: (line: string) => void;
}

/** Everything to act with on OpenStack; made once for each call of a provider. */
export interface Context extends RunContext {
  cloud: OpenStack;
  /** What the stack's configuration itself holds of keys and of a kubeconfig. */
  clusterSecrets: ClusterSecrets;
}
