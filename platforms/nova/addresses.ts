import type { Server } from "../../openstack";

/** All addresses of a server, of all its networks. */
export function addressesOf({ addresses }: Pick<Server, "addresses">) {
  return Object.values(addresses).flat();
}
