import * as pulumi from "@pulumi/pulumi";
import { Capture } from "./components/Capture";
import { Cluster } from "./components/Cluster";
import { Environment } from "./components/Environment";
import { loadEnvironment, loadInstances } from "./components/files";
import { InputError } from "./common/errors";
import { Selection } from "./dynamic/selection";
import {
  parseConfig,
  type CaptureConfig,
  type DeployConfig,
  type RestoreConfig,
} from "./snapset/config";
import type { Environment as EnvironmentSpec } from "./snapset/environment/environment";
import { parseSnapsetData } from "./snapset/snapsetData";
import { wantedNodesOf } from "./snapset/environment/wantedNode";

const name = pulumi.getStack();

/** Shows bad input as Pulumi shows its own: by its message, without a stack trace. */
function withPlainErrors<A extends unknown[], T>(work: (...args: A) => T): (...args: A) => T {
  return (...args) => {
    try {
      return work(...args);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      const plain = new pulumi.RunError(error.message);
      // Node 20's util.inspect, which Pulumi calls on every error, takes half a minute to colour a
      // stack with a scoped package in it.
      plain.stack = error.message;
      throw plain;
    }
  };
}

/** An environment is a secret output: its user data may hold passwords. */
function deploy(config: DeployConfig) {
  const spec = loadEnvironment(config.environment, "deploy");
  return { environment: pulumi.secret(spec), ...outputsOf(new Environment(name, { spec })) };
}

function restore(config: RestoreConfig) {
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
    return { ...outputsOf(environment), ...revive(environment, selection, config) };
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

function revive(environment: Environment, selection: Selection, { cluster }: RestoreConfig) {
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

function capture(config: CaptureConfig) {
  const { images, snapshots, snapId, snapsetData, notAfter, timings } = new Capture(name, {
    ...sourceOf(config),
    settings: config,
  });
  return {
    snap_id: snapId,
    images,
    snapshots,
    snapset_data: snapsetData,
    not_after: notAfter,
    timings,
  };
}

function sourceOf(config: CaptureConfig) {
  if (config.source === undefined) {
    const instances = loadInstances(config.instances ?? {});
    return { instances, environmentName: name, environment: null };
  }
  const source = new pulumi.StackReference(
    `${pulumi.getOrganization()}/${pulumi.getProject()}/${config.source}`,
  );
  const environment = source.getOutput("environment") as pulumi.Output<EnvironmentSpec | undefined>;
  return {
    instances: source
      .requireOutput("snapset_data")
      .apply(withPlainErrors((data) => parseSnapsetData(data, `stack ${config.source ?? ""}`))),
    environmentName: environment.apply((spec) => spec?.name ?? config.source ?? name),
    environment: environment.apply((spec) => spec ?? null),
  };
}

function outputsOf(environment: Environment) {
  return {
    snapset_data: environment.snapsetData,
    controller_ansible_host: environment.controllerAnsibleHost,
    floating_ips: environment.floatingIps,
    ...(environment.stackOutputs === undefined ? {} : { stack_outputs: environment.stackOutputs }),
  };
}

const program = withPlainErrors(() => {
  const config = parseConfig(pulumi.runtime.allConfig());
  switch (config.mode) {
    case "deploy":
      return deploy(config);
    case "restore":
      return restore(config);
    case "capture":
      return capture(config);
  }
});

export = program;
