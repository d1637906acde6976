import * as openstack from "@pulumi/openstack";
import type { Output } from "@pulumi/pulumi";

/** The id of the newest image of that name. */
export function baseImageId(name: string): Output<string> {
  return openstack.images.getImageOutput({ name, mostRecent: true }).id;
}
