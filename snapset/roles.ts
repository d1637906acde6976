/** What a node is in its environment; Hotstack's words. */
export const roles = [
  "controller",
  "ocp_master",
  "ocp_worker",
  "compute",
  "networker",
  "bmh",
  "ironic",
  "nat64_appliance",
  "switch",
  "devstack",
] as const;

export type Role = (typeof roles)[number];

export function isRole(text: string): text is Role {
  return (roles as readonly string[]).includes(text);
}

/** Nodes that run a kubelet of the cluster. */
export function isClusterRole(role: Role): boolean {
  return role === "ocp_master" || role === "ocp_worker";
}

/**
 * The rank in which nodes are stopped: what serves others goes last. Workers and all that is not
 * listed first, then masters (etcd), then the controller (DNS and DHCP of the environment).
 */
export function stopRank(role: Role): 0 | 1 | 2 {
  if (role === "controller") return 2;
  return role === "ocp_master" ? 1 : 0;
}
