import * as pulumi from "@pulumi/pulumi";
import { InputError } from "../common/errors";
import { Cluster } from "../components/Cluster";
import { Environment } from "../components/Environment";
import { loadEnvironment } from "../components/files";
import { Selection } from "../dynamic/selection";
import type { RestoreConfig } from "../snapset/config";
import type { Environment as EnvironmentSpec } from "../snapset/environment/environment";
import { wantedNodesOf } from "../snapset/environment/wantedNode";
import { needsOf } from "../snapset/placement/needs";
import { rootVolumeProblems } from "../snapset/reset/preflight";
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
import { placed } from "./placed";
import { withPlainErrors } from "./plainErrors";

/**
 * An environment from the images of a set, and the cluster in it revived.
 *
 * @param name of the stack
 * @param loaded the environment; null for the set's own
 * @param opts of all that is declared
 */
export function restore(
  name: string,
  config: RestoreConfig,
  loaded = loadGiven(config),
  opts: Pick<pulumi.ComponentResourceOptions, "parent"> = {},
) {
  const given = loaded && placed(loaded, config);
  const givenHooks = given && stackHooksOf("afterRevive", given, config);
  const nodes = given === null ? null : wantedNodesOf(given);
  const selection = new Selection(
    name,
    {
      snapId: config.snapId,
      nodes,
      needs: given === null ? null : needsOf(given, "restore"),
      placement: given === null ? config.placement : null,
      allowExpired: config.allowExpired,
    },
    opts,
  );
  const declare = (spec: EnvironmentSpec, hooks: StackHooks) => {
    const { chosen: snapId, images, volumes, places } = selection;
    const inPlace = inPlaceOf(spec, config);
    const set = { snapId, images, volumes, inPlace, machines: config.restore };
    // A set that is refused must not leave networks behind: nothing is made before the choice.
    const environment = new Environment(
      name,
      { spec, set, places },
      { ...opts, dependsOn: selection },
    );
    const revived = revive(name, environment, selection, config, opts);
    const { trigger } = config.restore;
    afterRevive(name, hooks, { snapId, environment, cluster: revived?.cluster, trigger, opts });
    return { ...outputsOf(environment), ...revived?.outputs, ...timingsOf(environment, revived) };
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

function loadGiven({ environment }: RestoreConfig): EnvironmentSpec | null {
  return environment === undefined ? null : loadEnvironment(environment, "restore");
}

/**
 * How the servers are put back in place; undefined when they are replaced.
 *
 * @throws {InputError} naming the nodes with which that cannot be done
 */
function inPlaceOf(spec: EnvironmentSpec, { restore: settings }: RestoreConfig) {
  if (settings.method === "replace") return undefined;
  const problems = rootVolumeProblems(spec.nodes);
  if (problems.length > 0) throw new InputError("snapset:restore rebuild", problems);
  return settings;
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
  { cluster: settings, restore: { trigger } }: RestoreConfig,
  opts: pulumi.ComponentResourceOptions,
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
      restored: { snapId: selection.chosen, trigger },
    },
    { ...opts, dependsOn: environment },
  );
  const { status, evidence } = cluster;
  return { cluster, outputs: { cluster: { status, evidence } } };
}

/** Of a reset in place, and of the revive after it. */
function timingsOf({ resetTimings }: Environment, revived: { cluster: Cluster } | undefined) {
  const known = [resetTimings, revived?.cluster.timings].filter((it) => it !== undefined);
  return known.length === 0 ? {} : { timings: pulumi.all(known).apply((all) => all.flat()) };
}

/** Once more after each revive; where there is no cluster, when servers are new or put back. */
function afterRevive(
  name: string,
  hooks: StackHooks,
  { snapId, environment, cluster, trigger, opts }: Revived,
): void {
  const knows = { ...knowledgeOf(environment), snapId };
  const revivedAt = cluster?.evidence.apply((it) => it?.endedAt ?? "") ?? "";
  const when = { knows, triggers: [serversOf(environment), snapId, trigger, revivedAt] };
  declareHooks(name, hooks, when, { ...opts, dependsOn: cluster ?? environment });
}

interface Revived {
  snapId: pulumi.Output<string>;
  environment: Environment;
  cluster: Cluster | undefined;
  /** Of a restore in place. */
  trigger: string;
  opts: pulumi.ComponentResourceOptions;
}
