/** Paths of the Network API under its endpoint. */
export const urls = {
  ports: "/ports",
  networks: "/networks",
  network: (id: string) => `/networks/${encodeURIComponent(id)}`,
  subnets: "/subnets",
  routers: "/routers",
  floatingIps: "/floatingips",
  securityGroups: "/security-groups",
  trunks: "/trunks",
  quotaDetails: (projectId: string) => `/quotas/${encodeURIComponent(projectId)}/details.json`,
};
