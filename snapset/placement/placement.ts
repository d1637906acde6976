import { z } from "zod";

const names = z.record(z.string().min(1), z.string().min(1, "must not be empty")).default({});

/** What the names of an environment are in another cloud or project, by kind: old name → new name. */
export const mapSchema = z.strictObject({
  /** External and existing ones. */
  networks: names,
  flavors: names,
  availabilityZones: names,
  volumeTypes: names,
  keyPairs: names,
  images: names,
  /** Those that the environment does not make itself. */
  securityGroups: names,
});

const oneOf = <const T extends readonly string[]>(values: T) =>
  z.enum(values, { error: `must be one of ${values.join(", ")}` });

/** How an environment is put into a cloud, by the keys of the configuration. */
export const placementKeys = {
  map: mapSchema.prefault({}),
  mac: oneOf(["preserve", "clear"]).default("preserve"),
  ip: oneOf(["preserve", "pool"]).default("preserve"),
  floatingIp: oneOf(["same", "any", "none"]).default("same"),
};

/** Old name → new name, by kind. */
export type NameMap = z.output<typeof mapSchema>;

/** How an environment is put into a cloud: under which names, with which addresses. */
export interface Placement {
  map: NameMap;
  /** `clear`: the cloud gives each port a new MAC. */
  mac: "preserve" | "clear";
  /** `pool`: the cloud gives each port an address of its subnets. */
  ip: "preserve" | "pool";
  /**
   * `same`: the floating IP that the environment names when it is ours and free, else any of the
   * same network; `any`: a new one; `none`.
   */
  floatingIp: "same" | "any" | "none";
}

/** As it is: nothing renamed, the same addresses. */
export const asItIs: Placement = {
  map: mapSchema.parse({}),
  mac: "preserve",
  ip: "preserve",
  floatingIp: "same",
};
