import type { Input, Output, Resource } from "@pulumi/pulumi";
import { all } from "@pulumi/pulumi";
import { Restoration } from "../dynamic/restoration";
import type { Environment, EnvironmentMachine } from "../snapset/environment/environment";
import type { PhaseRecord } from "../snapset/manifest";
import { restoreDefaults } from "../snapset/reset/settings";
import type { Instance } from "../snapset/snapsetData";
import type { InPlace } from "./inPlace";
import type { Placed } from "./Placed";

/** The set that machines are restored from. */
interface MachineSet {
  snapId: Input<string>;
  /** Image ids by name. */
  images: Output<Record<string, string>>;
  machines?: InPlace | undefined;
}

/** The machines of an environment. */
export interface DeclaredMachines {
  instances: Output<Instance>[];
  /** What the last restore to them did; undefined where there is none. */
  timings: Output<PhaseRecord[]> | undefined;
}

/**
 * Machines of bare metal: of a new environment they are taken as they are, of a restored one the images
 * of its set are deployed to them. They are made by nobody, so they need no place among its servers.
 */
export function declareMachines(
  name: string,
  { bareMetal = [] }: Environment,
  set: MachineSet | undefined,
  placed: Placed,
  parent: Resource,
): DeclaredMachines {
  const instances = bareMetal.map((spec) => instanceOf(spec, placed));
  if (set === undefined || bareMetal.length === 0) return { instances, timings: undefined };
  const {
    trigger,
    targetReadiness: policy,
    gracePeriod,
    deadline,
  } = set.machines ?? restoreDefaults;
  const members = all([all(instances), set.images]).apply(([found, images]) =>
    found.map(({ name: member, role, uuid }) => ({
      name: member,
      role,
      target: uuid,
      imageId: images[member] ?? "",
      volumes: [],
    })),
  );
  const restoration = new Restoration(
    name,
    {
      platform: "ironic",
      snapId: set.snapId,
      trigger,
      members,
      readiness: { policy, gracePeriod },
      deadline,
    },
    { parent },
  );
  return { instances, timings: restoration.phases };
}

function instanceOf({ name, role }: EnvironmentMachine, placed: Placed): Output<Instance> {
  return placed.machine(name).apply(({ uuid, macAddress }) => ({
    name,
    role,
    uuid,
    macAddress,
    platform: "ironic" as const,
  }));
}
