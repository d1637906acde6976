import { createHash } from "node:crypto";

/** The one region. */
export const region = "RegionOne";

const interfaces = ["admin", "public", "internal"] as const;

/** Service type → name and path; `PROJECT` stands for the caller's project. */
const services = [
  { type: "identity", name: "keystone", path: "/identity/v3" },
  { type: "compute", name: "nova", path: "/compute/v2.1" },
  { type: "image", name: "glance", path: "/image" },
  { type: "network", name: "neutron", path: "/network" },
  { type: "volumev3", name: "cinderv3", path: "/volume/v3/PROJECT" },
  { type: "block-storage", name: "cinder", path: "/volume/v3/PROJECT" },
  { type: "baremetal", name: "ironic", path: "/baremetal" },
];

// Ids of the catalog must not change from one token to the next.
const idOf = (text: string) => createHash("md5").update(text).digest("hex");

/** The service catalog as a token carries it. */
export function catalog(origin: string, projectId: string) {
  return services.map(({ type, name, path }) => ({
    endpoints: interfaces.map((face) => ({
      id: idOf(`${type} ${face}`),
      interface: face,
      region_id: region,
      url: origin + path.replace("PROJECT", projectId),
      region,
    })),
    id: idOf(type),
    type,
    name,
  }));
}
