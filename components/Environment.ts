import {
  all,
  ComponentResource,
  output,
  type ComponentResourceOptions,
  type Input,
  type Output,
} from "@pulumi/pulumi";
import {
  controllerOf,
  type Environment as Spec,
  type EnvironmentNode,
} from "../snapset/environment/environment";
import type { ManifestVolume, PhaseRecord } from "../snapset/manifest";
import type { Places } from "../snapset/placement/places";
import { isClusterRole } from "../snapset/roles";
import { toSnapsetData, type Instance, type SnapsetData } from "../snapset/snapsetData";
import { declareReset, type InPlace } from "./inPlace";
import { declareMachines } from "./machines";
import { Network } from "./Network";
import { Node } from "./Node";
import { placedIn, type Placed } from "./Placed";
import { declarePort, type PortRegistry } from "./ports";
import { ResourceNames } from "./ResourceNames";
import { Router } from "./Router";
import { declareSecurityGroups } from "./securityGroups";
import { declareServerGroups } from "./serverGroups";
import { resolveOutputs } from "./stackOutputs";
import { withTransforms, type EnvironmentKinds, type Transforms } from "./transform";

/** The set that an environment is restored from. */
export interface RestoredSet {
  snapId: Input<string>;
  /** Image ids by node. */
  images: Output<Record<string, string>>;
  /** By node. */
  volumes: Output<Record<string, ManifestVolume[]>>;
  /** Given when servers stay and are put back in place, instead of making way for others. */
  inPlace?: InPlace | undefined;
  /** How machines of bare metal are deployed. @default as a stack's configuration has it */
  machines?: InPlace | undefined;
}

/** What an environment is declared from. */
export interface EnvironmentArgs {
  spec: Spec;
  /** Undefined for a new environment: its nodes boot from their base images. */
  set?: RestoredSet | undefined;
  /** What its names stand for in the cloud. @default they are looked up before anything is made */
  places?: Output<Places> | undefined;
  /** Changes the arguments of its children, by kind. */
  transform?: Transforms<EnvironmentKinds>;
}

/**
 * Networks, routers, nodes and volumes. Nodes do not depend on each other and are made in parallel.
 *
 * @example
 * const environment = new Environment("lab", { spec: loadEnvironment("environments/sno.yaml", "deploy") });
 * export const snapset_data = environment.snapsetData;
 */
export class Environment extends ComponentResource {
  /** Hotstack's structure: what a capture needs to know. */
  readonly snapsetData: Output<SnapsetData>;
  /** How Ansible reaches the controller; null without a controller that has a floating IP. */
  readonly controllerAnsibleHost: Output<Record<string, string> | null>;
  /** Floating IPs by node. */
  readonly floatingIps: Output<Record<string, string>>;
  /** The outputs of its template; undefined when it is of none. */
  readonly stackOutputs: Output<unknown> | undefined;
  /** Ids of the servers that run the cluster. */
  readonly clusterServers: Output<string[]>;
  /** What the last reset in place, or restore to machines, did; undefined where there is none. */
  readonly resetTimings: Output<PhaseRecord[]> | undefined;

  constructor(name: string, args: EnvironmentArgs, options?: ComponentResourceOptions) {
    const { spec, set } = args;
    const { placed, opts } = placedIn(name, spec, set !== undefined, args.places, options);
    super("snapset:index:Environment", name, {}, withTransforms(opts, args.transform));
    const parent = { parent: this };
    const networks = new Map(
      spec.networks.map((it) => [it.name, new Network(it, placed, parent)] as const),
    );
    const routers = spec.routers.map((it) => new Router(it, networks, placed, parent));
    const routes = routers.flatMap((router) => router.interfaces);
    const registry: PortRegistry = { macAddresses: new Map(), floatingIps: new Map() };
    const securityGroups = declareSecurityGroups(spec.securityGroups ?? [], placed, this);
    const serverGroups = declareServerGroups(spec.serverGroups ?? [], this);
    const around = { networks, routes, registry, securityGroups, placed };
    const names = new ResourceNames();
    const nodes = spec.nodes.map((it) => ({
      spec: it,
      node: new Node(
        { ...around, names, spec: it, serverGroups, ...sourceOf(it, set, placed) },
        parent,
      ),
    }));
    const others = { ...around, names: new ResourceNames(), parent: this };
    for (const [i, port] of (spec.ports ?? []).entries()) {
      const portName = port.name ?? `${name}-port-${i}`;
      declarePort({ ...port, name: portName }, `${portName}-floating-ip`, others);
    }
    const machines = declareMachines(name, spec, set, placed, this);
    const reset =
      set?.inPlace && declareReset(name, { ...set, settings: set.inPlace, nodes }, this);
    const timings = [reset?.phases, machines.timings].filter((it) => it !== undefined);
    this.resetTimings = timings.length === 0 ? undefined : all(timings).apply((it) => it.flat());
    this.snapsetData = snapsetDataOf(nodes, machines.instances);
    this.floatingIps = floatingIpsOf(nodes);
    this.controllerAnsibleHost = this.floatingIps.apply((ips) => ansibleHost(spec, ips));
    this.clusterServers = all(
      nodes.filter((it) => isClusterRole(it.spec.role)).map((it) => it.node.serverId),
    );
    this.stackOutputs =
      spec.outputs &&
      resolveOutputs(spec.outputs, {
        $serverId: new Map(nodes.map((it) => [it.spec.name, it.node.serverId])),
        $macAddress: registry.macAddresses,
        $floatingIp: registry.floatingIps,
        $mtu: new Map([...networks].map(([key, it]) => [key, it.mtu])),
      });
    this.registerOutputs({ snapset_data: this.snapsetData });
  }
}

interface DeclaredNode {
  spec: EnvironmentNode;
  node: Node;
}

function sourceOf({ name, image }: EnvironmentNode, set: RestoredSet | undefined, placed: Placed) {
  if (set === undefined) return { imageId: placed.imageId(image ?? ""), restored: undefined };
  return {
    imageId: set.images.apply((ids) => ids[name] ?? ""),
    restored: {
      snapId: set.snapId,
      volumes: set.volumes.apply((volumes) => volumes[name] ?? []),
      inPlace: set.inPlace,
    },
  };
}

function snapsetDataOf(nodes: DeclaredNode[], machines: Output<Instance>[]): Output<SnapsetData> {
  const servers = nodes.map(({ spec, node }) =>
    all([node.serverId, node.macAddress]).apply(([uuid, macAddress]) => ({
      name: spec.name,
      uuid,
      role: spec.role,
      macAddress,
    })),
  );
  return all([...servers, ...machines]).apply(toSnapsetData);
}

function floatingIpsOf(nodes: DeclaredNode[]): Output<Record<string, string>> {
  const entries = nodes.flatMap(({ spec, node }) =>
    node.floatingIp === undefined ? [] : [[spec.name, node.floatingIp] as const],
  );
  return output(Object.fromEntries(entries));
}

/** The structure that Hotstack hands to Ansible's add_host. */
function ansibleHost(spec: Spec, ips: Record<string, string>): Record<string, string> | null {
  const controller = controllerOf(spec);
  const address = controller === undefined ? undefined : ips[controller.name];
  if (controller === undefined || address === undefined) return null;
  return {
    name: controller.name,
    ansible_host: address,
    groups: "controllers",
    ...(controller.sshUser === undefined ? {} : { ansible_ssh_user: controller.sshUser }),
  };
}
