const node = (ident: string) => `/nodes/${encodeURIComponent(ident)}`;

/** Paths of the Bare Metal API under its endpoint. */
export const urls = {
  root: "/",
  nodesDetail: "/nodes/detail",
  node,
  states: (ident: string) => `${node(ident)}/states`,
  provision: (ident: string) => `${node(ident)}/states/provision`,
  power: (ident: string) => `${node(ident)}/states/power`,
  portsDetail: "/ports/detail",
};
