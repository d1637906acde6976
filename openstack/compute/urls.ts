const server = (id: string) => `/servers/${encodeURIComponent(id)}`;
const flavor = (id: string) => `/flavors/${encodeURIComponent(id)}`;

/** Paths of the Compute API under its endpoint. */
export const urls = {
  serversDetail: "/servers/detail",
  server,
  serverAction: (id: string) => `${server(id)}/action`,
  instanceActions: (id: string) => `${server(id)}/os-instance-actions`,
  interfaces: (id: string) => `${server(id)}/os-interface`,
  metadata: (id: string) => `${server(id)}/metadata`,
  volumeAttachments: (id: string) => `${server(id)}/os-volume_attachments`,
  volumeAttachment: (id: string, volumeId: string) =>
    `${server(id)}/os-volume_attachments/${encodeURIComponent(volumeId)}`,
  flavorsDetail: "/flavors/detail",
  flavor,
  flavorExtraSpecs: (id: string) => `${flavor(id)}/os-extra_specs`,
  keyPairs: "/os-keypairs",
  availabilityZones: "/os-availability-zone",
  serverGroups: "/os-server-groups",
  limits: "/limits",
};
