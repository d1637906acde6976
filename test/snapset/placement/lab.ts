import type { Environment } from "../../../snapset/environment/environment";
import { parseEnvironment } from "../../../snapset/environment/parse";
import type { CloudView } from "../../../snapset/placement/cloudView";
import { asItIs, type NameMap, type Placement } from "../../../snapset/placement/placement";
import { flavorOf } from "../arbitraries";

export const macs = { controller: "fa:16:9e:00:00:01", master: "fa:16:9e:00:00:02" };

/** An environment that finds one of everything in the cloud, beside what it makes itself. */
export const labEnvironment: Environment = parseEnvironment(
  {
    name: "lab",
    networks: [
      { name: "machine", subnets: [{ name: "machine-subnet", cidr: "192.168.32.0/24" }] },
      { name: "provider", existing: true, subnets: [{ name: "theirs", cidr: "10.5.0.0/24" }] },
    ],
    routers: [{ name: "router", externalNetwork: "public", subnets: ["machine-subnet"] }],
    securityGroups: [{ name: "own", rules: [{ direction: "ingress", remoteGroup: "web" }] }],
    nodes: [
      {
        ...{ name: "controller", role: "controller", image: "rhel", flavor: "small" },
        ...{ keyPair: "me", availabilityZone: "nova:host-1" },
        ports: [
          {
            ...{ name: "front", network: "machine", mac: macs.controller },
            fixedIps: [{ ip: "192.168.32.5" }],
            securityGroups: ["own", "default"],
            allowedAddressPairs: [
              { ip: "192.168.32.9", mac: macs.controller },
              { ip: "192.168.32.5", mac: "00:00:5e:00:01:01" },
            ],
            floatingIp: { network: "public", address: "172.24.4.50" },
          },
        ],
      },
      {
        ...{ name: "master0", role: "ocp_master", image: "rhcos", flavor: "large" },
        rootVolume: { sizeGb: 30, type: "fast" },
        volumes: [
          { name: "data", sizeGb: 10, type: "slow", image: "seed" },
          { name: "scratch", sizeGb: 5, capture: "exclude" },
        ],
        ports: [
          {
            ...{ name: "back", network: "provider", mac: macs.master },
            fixedIps: [{ ip: "10.5.0.7", subnet: "theirs" }],
            trunk: { subports: [{ name: "tagged", network: "machine", vlanId: 20 }] },
          },
        ],
      },
    ],
  },
  "lab",
);

/** A cloud in which {@link labEnvironment} can be made. */
export const labCloud: CloudView = {
  projectId: "us",
  isAdmin: false,
  networks: [
    {
      ...{ id: "public-id", name: "public", project_id: "them", shared: false },
      "router:external": true,
    },
    { id: "provider-id", name: "provider", project_id: "us", shared: false, mtu: 9000 },
  ],
  subnets: [{ id: "theirs-id", network_id: "provider-id", cidr: "10.5.0.0/24" }],
  ports: [],
  images: ["rhel", "rhcos", "seed"].map((name) => ({
    ...{ id: `${name}-id`, name, status: "active", min_disk: 5 },
    created_at: "2026-01-01T00:00:00Z",
  })),
  flavors: [flavorOf("small", 10), flavorOf("large", 40, { vcpus: 8, ram: 16_384 })],
  keyPairs: ["me"],
  availabilityZones: ["nova"],
  volumeTypes: ["fast", "slow"],
  securityGroups: [
    { id: "default-id", name: "default", project_id: "us" },
    { id: "default-of-others", name: "default", project_id: "them" },
    { id: "web-id", name: "web", project_id: "us" },
  ],
  floatingIps: [
    {
      ...{ floating_ip_address: "172.24.4.50", floating_network_id: "public-id" },
      ...{ port_id: null, project_id: "us" },
    },
  ],
};

/** A placement that renames so, and is as it is otherwise. */
export function renaming(map: Partial<NameMap>, changes: Partial<Placement> = {}): Placement {
  return { ...asItIs, ...changes, map: { ...asItIs.map, ...map } };
}
