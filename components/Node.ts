import * as openstack from "@pulumi/openstack";
import {
  ComponentResource,
  output,
  secret,
  type ComponentResourceOptions,
  type Input,
  type Output,
  type Resource,
} from "@pulumi/pulumi";
import type { EnvironmentNode, EnvironmentPort } from "../snapset/environment/environment";
import { markKey, methodKey, wholeMark } from "../snapset/reset/mark";
import { given } from "./Network";
import { declarePort, type DeclaredPort, type PortSurroundings } from "./ports";
import { blockDevicesOf, declareVolumes, type NodeVolumes, type RestoredNode } from "./volumes";

/** What a node is declared from. */
export interface NodeArgs extends Omit<PortSurroundings, "parent" | "node"> {
  spec: EnvironmentNode;
  /** The image to boot from, or to fill the root volume from. */
  imageId: Input<string>;
  /** What the set that the image is of has of the node; undefined for a new one. */
  restored: RestoredNode | undefined;
  /** Ids by name. */
  serverGroups: ReadonlyMap<string, Output<string>>;
}

/** A node of an environment: its ports with their MACs and addresses, its volumes, its server. */
export class Node extends ComponentResource {
  readonly serverId: Output<string>;
  /** Data volumes, in the order of their devices. */
  readonly volumes: { name: string; volumeId: Output<string> }[];
  readonly macAddress: Output<string>;
  readonly floatingIp: Output<string> | undefined;

  constructor(args: NodeArgs, opts?: ComponentResourceOptions) {
    const { spec } = args;
    super("snapset:index:Node", spec.name, {}, opts);
    const ports = spec.ports.map((port, i) => this.declarePort(port, i, args));
    const volumes = declareVolumes(args, this);
    const server = this.declareServer(args, ports, volumes);
    this.volumes = volumes.data.map(({ name, volume }) => ({ name, volumeId: volume.id }));
    this.serverId = server.id;
    this.macAddress = output(ports[0]?.macAddress ?? "");
    this.floatingIp = ports.find((port) => port.floatingIp !== undefined)?.floatingIp;
    this.registerOutputs({ serverId: this.serverId, macAddress: this.macAddress });
  }

  private declarePort(port: EnvironmentPort, i: number, args: NodeArgs): DeclaredPort {
    const { spec } = args;
    const ownName = portName(spec, i);
    const around = { ...args, parent: this, node: spec.name };
    return declarePort({ ...port, name: port.name ?? ownName }, `${ownName}-floating-ip`, around);
  }

  private declareServer(args: NodeArgs, ports: DeclaredPort[], volumes: NodeVolumes) {
    const { spec, imageId, restored } = args;
    const group = args.serverGroups.get(spec.serverGroup ?? "");
    return new openstack.compute.Instance(
      spec.name,
      {
        name: spec.name,
        ...given("imageId", volumes.root === undefined ? imageId : undefined),
        flavorName: spec.flavor,
        networks: ports.map((port) => ({ port: port.portId })),
        configDrive: spec.configDrive,
        metadata: { ...spec.metadata, snapset_role: spec.role, ...bornAt(restored) },
        ...given("userData", spec.userData === undefined ? undefined : secret(spec.userData)),
        ...given("keyPair", spec.keyPair),
        ...given("availabilityZone", spec.availabilityZone),
        ...given("blockDevices", blockDevicesOf(volumes, imageId)),
        ...given("schedulerHints", group && [{ group }]),
      },
      // Its ports hold the MACs and stay; the server that is bound to them must go first.
      {
        parent: this,
        deleteBeforeReplace: true,
        ...changesOf(restored),
        dependsOn: neededAtBoot(args),
      },
    );
  }
}

/** A server that is put back in place says from its first moment which set it is of. */
function bornAt(restored: RestoredNode | undefined): Record<string, Input<string>> {
  if (restored?.inPlace === undefined) return {};
  const { trigger } = restored.inPlace;
  return {
    [methodKey]: "rebuild",
    [markKey]: output(restored.snapId).apply((snapId) => wholeMark({ snapId, trigger })),
  };
}

/**
 * What another set changes. The provider would rebuild a server whose image changes, and leave one
 * that was shut off as it is: so it is another server, or it is put back by the environment's Reset.
 */
function changesOf(restored: RestoredNode | undefined) {
  return restored?.inPlace === undefined
    ? { replaceOnChanges: ["imageId", `metadata.${methodKey}`] }
    : { ignoreChanges: ["imageId", "blockDevices", `metadata.${markKey}`] };
}

/** What a guest meets when it first asks for an address; all of it is there before its ports are. */
function neededAtBoot({ spec, networks, securityGroups }: NodeArgs): Resource[] {
  const names = new Set(spec.ports.map(({ network }) => network));
  return [
    ...[...names].flatMap((name) => networks.get(name)?.hostRoutes ?? []),
    ...securityGroups.rules,
  ];
}

function portName(spec: EnvironmentNode, i: number): string {
  return spec.ports.length === 1 ? `${spec.name}-port` : `${spec.name}-port-${i}`;
}
