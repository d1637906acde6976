/** What the names of an environment stand for in a cloud: chosen once, and kept. */
export interface Places {
  /** Ids of base images, by name. */
  images: Record<string, string>;
  /** External and existing networks, by name. */
  networks: Record<string, FoundNetwork>;
  /** Ids of those that the environment does not make, by name. */
  securityGroups: Record<string, string>;
  /** By the address that the environment names: ours and free, or one that the cloud gives instead. */
  floatingIps: Record<string, FloatingIpChoice>;
  /** Machines of Ironic, by the environment's names. Absent where there are none. */
  machines?: Record<string, FoundMachine>;
}

/** A machine that was found. */
export interface FoundMachine {
  /** Of its node. */
  uuid: string;
  /** The first one of its MACs that the environment or the set names. */
  macAddress: string;
}

/** A network that was found. */
export interface FoundNetwork {
  id: string;
  mtu: number | null;
  /** Ids of those of its subnets that the environment names, by CIDR. */
  subnets: Record<string, string>;
}

/** `reuse`: it is associated, and neither made nor deleted; `any`: a new one is made. */
export type FloatingIpChoice = "reuse" | "any";

/** Nothing found yet. */
export const noPlaces: Places = { images: {}, networks: {}, securityGroups: {}, floatingIps: {} };

/** What was found before goes before what was found now: servers stand on it. */
export function keepPlaces(before: Places, now: Places): Places {
  const networks = Object.entries(now.networks).map(([name, found]) => {
    const kept = before.networks[name];
    const subnets = { ...found.subnets, ...kept?.subnets };
    return [name, kept === undefined ? found : { ...kept, subnets }] as const;
  });
  return {
    images: { ...now.images, ...before.images },
    networks: { ...before.networks, ...Object.fromEntries(networks) },
    securityGroups: { ...now.securityGroups, ...before.securityGroups },
    floatingIps: { ...now.floatingIps, ...before.floatingIps },
    // Nothing is made of a machine: what is named now is what is meant.
    ...((now.machines ?? before.machines) && { machines: { ...before.machines, ...now.machines } }),
  };
}
