import { InputError } from "../../common/errors";
import type { CloudSettings, Service } from "../config/settings";
import { z } from "zod";

/** What Keystone says about where the services are. */
export const catalogSchema = z.array(
  z.object({
    type: z.string(),
    endpoints: z.array(
      z.object({
        interface: z.string(),
        region: z.string().nullish(),
        region_id: z.string().nullish(),
        url: z.string(),
      }),
    ),
  }),
);

export type Catalog = z.infer<typeof catalogSchema>;

/** The types under which clouds list each service, the one to prefer first (service-types-authority). */
const serviceTypes: Record<Service, string[]> = {
  compute: ["compute"],
  image: ["image"],
  network: ["network"],
  "block-storage": ["block-storage", "volumev3", "block-store"],
  baremetal: ["baremetal", "bare-metal"],
};

/** The version in an endpoint's path; Glance's, Neutron's and Ironic's catalog entries come without. */
const versions: Record<Service, string> = {
  compute: "v2.1",
  image: "v2",
  network: "v2.0",
  "block-storage": "v3",
  baremetal: "v1",
};

/**
 * A service's endpoint with its version, without a slash at its end.
 *
 * @throws {InputError} when the catalog has none, saying what it has
 */
export function endpointOf(
  service: Service,
  catalog: Catalog,
  settings: Pick<CloudSettings, "cloud" | "region" | "interface" | "endpointOverrides">,
  projectId: string,
): string {
  const url = settings.endpointOverrides[service] ?? findUrl(service, catalog, settings);
  const base = url.replace(/\/+$/, "");
  if (/\/v\d+(\.\d+)?(\/|$)/.test(new URL(base).pathname)) return base;
  const versioned = `${base}/${versions[service]}`;
  return service === "block-storage" ? `${versioned}/${projectId}` : versioned;
}

function findUrl(
  service: Service,
  catalog: Catalog,
  settings: Pick<CloudSettings, "cloud" | "region" | "interface">,
): string {
  const types = serviceTypes[service];
  const entries = types.flatMap((type) => catalog.filter((entry) => entry.type === type));
  const offered = entries.flatMap((entry) => entry.endpoints);
  const inRegion = offered.filter(
    ({ region_id, region }) =>
      settings.region === undefined || (region_id ?? region) === settings.region,
  );
  const found = inRegion.find((endpoint) => endpoint.interface === settings.interface);
  if (found !== undefined && URL.canParse(found.url)) {
    const regions = new Set(inRegion.map(({ region_id, region }) => region_id ?? region ?? ""));
    if (regions.size === 1) return found.url;
    throw new InputError(`cloud \`${settings.cloud}\``, [
      `region_name: missing; ${service} is in the regions ${[...regions].toSorted().join(", ")}`,
    ]);
  }
  const where = settings.region === undefined ? "" : ` in region ${settings.region}`;
  const has = offered.map((e) => `${e.interface} in ${e.region_id ?? e.region ?? "no region"}`);
  throw new InputError(`cloud \`${settings.cloud}\``, [
    `the catalog has no ${settings.interface} endpoint of ${types.join(" or ")}${where}` +
      (has.length === 0 ? "" : `; it has ${[...new Set(has)].join(", ")}`),
  ]);
}
