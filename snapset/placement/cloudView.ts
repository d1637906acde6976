import type { Quota } from "../quotas";
import type { FlavorView } from "../flavors";

/**
 * What is seen of a cloud before anything is made in it; field names are OpenStack's. A list that is
 * undefined was not asked for, or is not told to us: nothing is judged by it.
 */
export interface CloudView {
  projectId: string;
  isAdmin: boolean;
  networks: readonly NetworkView[];
  /** Of the existing networks that are needed. */
  subnets: readonly { id: string; network_id: string; cidr: string }[];
  /** Of the same, as far as the project may see them. */
  ports: readonly PortView[];
  images: readonly ImageView[];
  flavors: readonly FlavorView[];
  keyPairs?: readonly string[] | undefined;
  availabilityZones?: readonly string[] | undefined;
  volumeTypes?: readonly string[] | undefined;
  securityGroups: readonly { id: string; name: string; project_id: string }[];
  floatingIps: readonly FloatingIpView[];
  /** Undefined where an environment is there already: it is counted in what is used. */
  quotas?: PlacementQuotas | undefined;
}

export interface NetworkView {
  id: string;
  name: string;
  project_id: string;
  shared: boolean;
  mtu?: number | undefined;
  "router:external"?: boolean | undefined;
}

export interface PortView {
  id: string;
  name: string;
  network_id: string;
  mac_address: string;
  fixed_ips: readonly { ip_address: string }[];
}

export interface ImageView {
  id: string;
  name: string;
  status: string;
  /** GiB that a flavor's root disk must have. */
  min_disk: number;
  created_at: string;
}

export interface FloatingIpView {
  floating_ip_address: string;
  floating_network_id: string;
  port_id: string | null;
  project_id: string;
}

/** Quotas by the services' own keys; a service that does not tell is not judged. */
export interface PlacementQuotas {
  /** `instances`, `cores`, `ram` (MiB). */
  compute: Readonly<Record<string, Quota>>;
  blockStorage: Readonly<Record<string, Quota>>;
  network: Readonly<Record<string, Quota>>;
}
