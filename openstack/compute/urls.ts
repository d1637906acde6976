const server = (id: string) => `/servers/${encodeURIComponent(id)}`;

/** Paths of the Compute API under its endpoint. */
export const urls = {
  serversDetail: "/servers/detail",
  server,
  serverAction: (id: string) => `${server(id)}/action`,
  interfaces: (id: string) => `${server(id)}/os-interface`,
  volumeAttachments: (id: string) => `${server(id)}/os-volume_attachments`,
  flavorsDetail: "/flavors/detail",
  flavor: (id: string) => `/flavors/${encodeURIComponent(id)}`,
  limits: "/limits",
};
