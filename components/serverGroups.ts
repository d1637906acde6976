import * as openstack from "@pulumi/openstack";
import type { Output, Resource } from "@pulumi/pulumi";
import type { EnvironmentServerGroup } from "../snapset/environment/environment";

/** Declares the server groups of an environment: their ids, by name. */
export function declareServerGroups(
  groups: readonly EnvironmentServerGroup[],
  parent: Resource,
): ReadonlyMap<string, Output<string>> {
  return new Map(
    groups.map(({ name, policy }) => {
      const args = { name, policies: [policy] };
      return [name, new openstack.compute.ServerGroup(name, args, { parent }).id] as const;
    }),
  );
}
