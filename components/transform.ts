import type * as openstack from "@pulumi/openstack";
import type {
  ComponentResourceOptions,
  CustomResourceOptions,
  ResourceTransformation,
} from "@pulumi/pulumi";
import type { RevivalArgs } from "../dynamic/revival";
import type { SnapIdArgs } from "../dynamic/snapId";
import type { SnapSetArgs } from "../dynamic/snapSet";

/**
 * Changes what a child is declared with: arguments that are put in the place of its own, or a function
 * that alters its arguments and options as it likes.
 */
export type Transform<Args> =
  Partial<Args> | ((args: Args, opts: CustomResourceOptions, name: string) => void);

/** The children of an environment by kind, each with its arguments. */
export interface EnvironmentKinds {
  network: openstack.networking.NetworkArgs;
  subnet: openstack.networking.SubnetArgs;
  router: openstack.networking.RouterArgs;
  routerInterface: openstack.networking.RouterInterfaceArgs;
  routerRoute: openstack.networking.RouterRouteArgs;
  securityGroup: openstack.networking.SecGroupArgs;
  securityGroupRule: openstack.networking.SecGroupRuleArgs;
  serverGroup: openstack.compute.ServerGroupArgs;
  port: openstack.networking.PortArgs;
  trunk: openstack.networking.TrunkArgs;
  floatingIp: openstack.networking.FloatingIpArgs;
  floatingIpAssociate: openstack.networking.FloatingIpAssociateArgs;
  volume: openstack.blockstorage.VolumeArgs;
  server: openstack.compute.InstanceArgs;
}

/** The children of a capture. */
export interface CaptureKinds {
  snapId: SnapIdArgs;
  snapSet: SnapSetArgs;
}

/** The child of a cluster. */
export interface ClusterKinds {
  revival: RevivalArgs;
}

/** For each kind of child what becomes of those of that kind. */
export type Transforms<Kinds> = { [Kind in keyof Kinds]?: Transform<Kinds[Kind]> };

type AllKinds = EnvironmentKinds & CaptureKinds & ClusterKinds;

const types: Record<keyof AllKinds, string> = {
  network: "openstack:networking/network:Network",
  subnet: "openstack:networking/subnet:Subnet",
  router: "openstack:networking/router:Router",
  routerInterface: "openstack:networking/routerInterface:RouterInterface",
  routerRoute: "openstack:networking/routerRoute:RouterRoute",
  securityGroup: "openstack:networking/secGroup:SecGroup",
  securityGroupRule: "openstack:networking/secGroupRule:SecGroupRule",
  serverGroup: "openstack:compute/serverGroup:ServerGroup",
  port: "openstack:networking/port:Port",
  trunk: "openstack:networking/trunk:Trunk",
  floatingIp: "openstack:networking/floatingIp:FloatingIp",
  floatingIpAssociate: "openstack:networking/floatingIpAssociate:FloatingIpAssociate",
  volume: "openstack:blockstorage/volume:Volume",
  server: "openstack:compute/instance:Instance",
  snapId: "pulumi-nodejs:dynamic/snapset:SnapId",
  snapSet: "pulumi-nodejs:dynamic/snapset:SnapSet",
  revival: "pulumi-nodejs:dynamic/snapset:Revival",
};

/** Options of a component whose children, and theirs, are transformed. */
export function withTransforms(
  opts: ComponentResourceOptions | undefined,
  transforms: { [Kind in keyof AllKinds]?: unknown } | undefined,
): ComponentResourceOptions {
  if (transforms === undefined) return opts ?? {};
  const byType = new Map(
    Object.entries(transforms).map(([kind, it]) => [types[kind as keyof AllKinds], it as Any]),
  );
  const transform: ResourceTransformation = ({ type, name, props, opts: own }) => {
    const wanted = byType.get(type);
    if (wanted === undefined) return undefined;
    return transformed(wanted, { ...(props as object) }, { ...own }, name);
  };
  return { ...opts, transformations: [...(opts?.transformations ?? []), transform] };
}

type Any = Transform<Record<string, unknown>>;

function transformed(
  wanted: Any,
  props: Record<string, unknown>,
  opts: CustomResourceOptions,
  name: string,
) {
  if (typeof wanted !== "function") return { props: { ...props, ...wanted }, opts };
  wanted(props, opts, name);
  return { props, opts };
}
