import { conductorHost } from "../../world/baremetal/Tasks";
import { interfacesOf } from "../../world/baremetal/enroll";
import { snapshotInterfaces, type JsonObject } from "../../world/baremetal/records";
import { linksTo } from "./views";

const drivers = ["fake-hardware", "ipmi"];

/** Interfaces in the order in which a driver's description names them. */
const kinds = [
  "deploy",
  "network",
  "bios",
  "console",
  "raid",
  "rescue",
  "power",
  "boot",
  "vendor",
  "storage",
  "management",
  "inspect",
  "snapshot",
];

/** What is enabled of a driver besides its default, as the packaged Ironic has it. */
const enabled: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  "fake-hardware": {
    bios: ["fake", "no-bios"],
    console: ["fake", "no-console"],
    raid: ["fake", "no-raid"],
    rescue: ["fake", "no-rescue"],
    vendor: ["fake", "no-vendor"],
    storage: ["fake", "noop"],
    inspect: ["no-inspect", "fake"],
    snapshot: ["fake", "no-snapshot"],
  },
  ipmi: { snapshot: snapshotInterfaces },
};

/** All drivers. */
export function driversView(origin: string): JsonObject {
  return { drivers: drivers.map((name) => summary(name, origin)) };
}

/** One driver with its interfaces; undefined where there is none of that name. */
export function driverView(name: string, origin: string, hasSnapshots: boolean) {
  if (!drivers.includes(name)) return undefined;
  const defaults: Record<string, string> = interfacesOf(name);
  const known = kinds.filter((kind) => kind !== "snapshot" || hasSnapshots);
  const interfaces = known.flatMap((kind) => {
    const own = defaults[`${kind}_interface`] ?? "";
    return [
      [`default_${kind}_interface`, own],
      [`enabled_${kind}_interfaces`, enabled[name]?.[kind] ?? [own]],
    ];
  });
  return { ...summary(name, origin), ...(Object.fromEntries(interfaces) as JsonObject) };
}

/** Whether there is a driver of that name. */
export const isDriver = (name: string): boolean => drivers.includes(name);

function summary(name: string, origin: string): JsonObject {
  return {
    name,
    hosts: [conductorHost],
    links: linksTo(origin, `drivers/${name}`),
    properties: linksTo(origin, `drivers/${name}/properties`),
    type: "dynamic",
  };
}
