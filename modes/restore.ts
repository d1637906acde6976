import * as pulumi from "@pulumi/pulumi";
import { Cluster } from "../components/Cluster";
import { Environment } from "../components/Environment";
import { loadEnvironment } from "../components/files";
import { Selection } from "../dynamic/selection";
import type { RestoreConfig } from "../snapset/config";
import type { Environment as EnvironmentSpec } from "../snapset/environment/environment";
import { wantedNodesOf } from "../snapset/environment/wantedNode";
import {
  declareHooks,
  hooksOfSet,
  knowledgeOf,
  serversOf,
  stackHooksOf,
  withStackHooks,
  type StackHooks,
} from "./hooks";
import { outputsOf } from "./outputs";
import { withPlainErrors } from "./plainErrors";

/**
 * An environment from the images of a set, and the cluster in it revived.
 *
 * @param name of the stack
 */
export function restore(name: string, config: RestoreConfig) {
  const given =
    config.environment === undefined ? null : loadEnvironment(config.environment, "restore");
  const givenHooks = given && stackHooksOf("afterRevive", given, config);
  const nodes = given === null ? null : wantedNodesOf(given);
  const selection = new Selection(name, {
    snapId: config.snapId,
    nodes,
    allowExpired: config.allowExpired,
  });
  const declare = (spec: EnvironmentSpec, hooks: StackHooks) => {
    const { chosen: snapId, images, volumes } = selection;
    const set = { snapId, images, volumes };
    // A set that is refused must not leave networks behind: nothing is made before the choice.
    const environment = new Environment(name, { spec, set }, { dependsOn: selection });
    const revived = revive(name, environment, selection, config);
    afterRevive(name, hooks, { snapId, environment, cluster: revived?.cluster });
    return { ...outputsOf(environment), ...revived?.outputs };
  };
  return {
    snap_id: selection.chosen,
    not_after: selection.notAfter,
    environment: pulumi.secret(
      given && givenHooks ? withStackHooks(given, givenHooks) : selection.environment,
    ),
    ...(given && givenHooks
      ? declare(given, givenHooks)
      : declareLater(selection.environment, (spec) => declare(spec, hooksOfSet(spec, config)))),
  };
}

/** The set's own environment is known only when the set is chosen: at first in the update itself. */
function declareLater(
  environment: pulumi.Output<EnvironmentSpec | null>,
  declare: (spec: EnvironmentSpec) => object,
) {
  // Addresses and ids are no secrets; the user data in it becomes one again at its server.
  const declared = pulumi
    .unsecret(environment)
    .apply(withPlainErrors((spec) => (spec === null ? undefined : declare(spec))));
  const keys = [
    "snapset_data",
    "controller_ansible_host",
    "floating_ips",
    "stack_outputs",
    "cluster",
    "timings",
  ];
  return Object.fromEntries(
    keys.map((key) => [
      key,
      declared.apply((it) => (it as Record<string, unknown> | undefined)?.[key]),
    ]),
  );
}

function revive(
  name: string,
  environment: Environment,
  selection: Selection,
  { cluster: settings }: RestoreConfig,
) {
  if (settings === undefined) return undefined;
  const cluster = new Cluster(
    name,
    {
      servers: environment.clusterServers,
      environment: environment.snapsetData,
      settings,
      facts: selection.cluster,
      capturedAt: selection.capturedAt,
      notAfter: selection.notAfter,
    },
    { dependsOn: environment },
  );
  const { status, evidence, timings } = cluster;
  return { cluster, outputs: { cluster: { status, evidence }, timings } };
}

/** Once more after each revive; where there is no cluster, for servers that are new. */
function afterRevive(
  name: string,
  hooks: StackHooks,
  { snapId, environment, cluster }: Revived,
): void {
  const knows = { ...knowledgeOf(environment), snapId };
  const revivedAt = cluster?.evidence.apply((it) => it?.endedAt ?? "") ?? "";
  const when = { knows, triggers: [serversOf(environment), revivedAt] };
  declareHooks(name, hooks, when, { dependsOn: cluster ?? environment });
}

interface Revived {
  snapId: pulumi.Output<string>;
  environment: Environment;
  cluster: Cluster | undefined;
}
