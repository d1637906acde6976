import * as pulumi from "@pulumi/pulumi";
import { Cluster } from "../components/Cluster";
import { Environment } from "../components/Environment";
import { loadEnvironment } from "../components/files";
import { Selection } from "../dynamic/selection";
import type { RestoreConfig } from "../snapset/config";
import type { Environment as EnvironmentSpec } from "../snapset/environment/environment";
import { wantedNodesOf } from "../snapset/environment/wantedNode";
import { outputsOf } from "./outputs";

/**
 * An environment from the images of a set, and the cluster in it revived.
 *
 * @param name of the stack
 */
export function restore(name: string, config: RestoreConfig) {
  const given =
    config.environment === undefined ? null : loadEnvironment(config.environment, "restore");
  const nodes = given === null ? null : wantedNodesOf(given);
  const selection = new Selection(name, {
    snapId: config.snapId,
    nodes,
    allowExpired: config.allowExpired,
  });
  const declare = (spec: EnvironmentSpec) => {
    const { chosen: snapId, images, volumes } = selection;
    const set = { snapId, images, volumes };
    // A set that is refused must not leave networks behind: nothing is made before the choice.
    const environment = new Environment(name, { spec, set }, { dependsOn: selection });
    return { ...outputsOf(environment), ...revive(name, environment, selection, config) };
  };
  return {
    snap_id: selection.chosen,
    not_after: selection.notAfter,
    environment: pulumi.secret(given ?? selection.environment),
    ...(given === null ? declareLater(selection.environment, declare) : declare(given)),
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
    .apply((spec) => (spec === null ? undefined : declare(spec)));
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
  { cluster }: RestoreConfig,
) {
  if (cluster === undefined) return {};
  const { status, evidence, timings } = new Cluster(
    name,
    {
      servers: environment.clusterServers,
      environment: environment.snapsetData,
      settings: cluster,
      facts: selection.cluster,
      capturedAt: selection.capturedAt,
      notAfter: selection.notAfter,
    },
    { dependsOn: environment },
  );
  return { cluster: { status, evidence }, timings };
}
