import { parseEnvironment } from "../../../snapset/environment/parse";
import { discoverEnvironment } from "../../../snapset/discovery/discoverEnvironment";
import { cloudOf, discovered, group, has, network, port, rule, serverOf, subnet } from "./lab";

const gatewayed = (id: string, name = id) => ({
  id,
  name,
  external_gateway_info: { network_id: "public", enable_snat: true },
  routes: [],
});
const interfaceOf = (router: string, network_id: string, ip: string) =>
  port(network_id, ip, { device_id: router, device_owner: "network:router_interface" });

describe("an environment that is discovered", () => {
  it("says of a plain server what is not the default, and is one by the schema", () => {
    const { environment, findings } = discovered();
    expect(findings).toEqual([]);
    expect(environment).toEqual({
      name: "lab",
      networks: [
        {
          name: "m",
          portSecurity: true,
          mtu: 1500,
          subnets: [
            {
              name: "s-m",
              cidr: "192.168.9.0/24",
              gatewayIp: "192.168.9.1",
              enableDhcp: true,
              dnsNameservers: [],
              allocationPools: [],
            },
          ],
        },
      ],
      routers: [],
      nodes: [
        {
          name: "a",
          role: "compute",
          flavor: "m1",
          configDrive: false,
          metadata: {},
          volumes: [],
          ports: [
            {
              network: "m",
              mac: "fa:16:9e:00:00:05",
              fixedIps: [{ ip: "192.168.9.5" }],
              allowedAddressPairs: [],
            },
          ],
        },
      ],
    });
    expect(parseEnvironment(environment, "test")).toEqual(environment);
  });

  it("has what is special of a port", () => {
    const own = port("m", "192.168.9.6", {
      ...has("b"),
      id: "p",
      name: "way-in",
      allowed_address_pairs: [
        { ip_address: "192.168.9.9", mac_address: "fa:16:9e:00:00:06" },
        { ip_address: "10.0.0.0/8", mac_address: "fa:16:9e:00:00:99" },
      ],
      extra_dhcp_opts: [
        { opt_name: "67", opt_value: "boot.ipxe", ip_version: 4 },
        { opt_name: "59", opt_value: "x", ip_version: 6 },
      ],
      "binding:vnic_type": "direct",
      port_security_enabled: false,
      security_groups: [],
    });
    const floating = { floating_network_id: "public", port_id: "p" };
    const cloud = cloudOf({
      ports: [own],
      floatingIps: [
        { ...floating, floating_ip_address: "172.24.4.9", fixed_ip_address: "192.168.9.6" },
        { ...floating, floating_ip_address: "172.24.4.10", fixed_ip_address: "192.168.9.6" },
      ],
    });
    const servers = [serverOf("b", { m: [own.mac_address] })];
    const { environment, findings } = discoverEnvironment("lab", servers, cloud, null);
    expect(environment.nodes[0]?.ports).toEqual([
      {
        name: "way-in",
        network: "m",
        mac: "fa:16:9e:00:00:06",
        fixedIps: [{ ip: "192.168.9.6" }],
        portSecurity: false,
        vnicType: "direct",
        allowedAddressPairs: [
          { ip: "192.168.9.9" },
          { ip: "10.0.0.0/8", mac: "fa:16:9e:00:00:99" },
        ],
        dhcpOptions: [
          { name: "67", value: "boot.ipxe" },
          { name: "59", value: "x", ipVersion: 6 },
        ],
        floatingIp: { network: "public", address: "172.24.4.10" },
      },
    ]);
    expect(findings).toEqual([
      "port way-in (fa:16:9e:00:00:06) has several floating IPs: the set has 172.24.4.10 and not 172.24.4.9",
    ]);
  });

  it("keeps the addresses that nobody has, and names those of strangers", () => {
    const { environment, findings } = discovered({
      ports: [
        port("m", "192.168.9.9", { name: "vip" }),
        port("m", "192.168.9.2", { device_id: "dhcp", device_owner: "network:dhcp" }),
        port("m", "192.168.9.30", has("stranger")),
      ],
    });
    expect(environment.ports?.map(({ name, fixedIps }) => [name, fixedIps])).toEqual([
      ["vip", [{ ip: "192.168.9.9" }]],
    ]);
    expect(findings).toEqual([
      "network m also has ports of what is not captured; the set does not hold them: 192.168.9.30",
    ]);
  });

  it("has its routers, the networks behind them, and not those where others live", () => {
    const { environment, findings } = discovered({
      networks: [...cloudOf().networks, network("behind"), network("theirs"), network("far")],
      subnets: [
        ...cloudOf().subnets,
        subnet("behind", "192.168.10.0/24"),
        subnet("theirs", "192.168.11.0/24"),
        subnet("far", "192.168.12.0/24"),
      ],
      routers: [
        { ...gatewayed("r"), routes: [{ destination: "10.0.0.0/8", nexthop: "192.168.9.5" }] },
        {
          ...gatewayed("other"),
          external_gateway_info: { network_id: "public", enable_snat: false },
        },
      ],
      ports: [
        interfaceOf("r", "m", "192.168.9.1"),
        interfaceOf("r", "behind", "192.168.10.77"),
        interfaceOf("r", "theirs", "192.168.11.1"),
        port("theirs", "192.168.11.5", has("stranger")),
        interfaceOf("other", "behind", "192.168.10.1"),
        interfaceOf("elsewhere", "far", "192.168.12.1"),
      ],
    });
    expect(environment.networks.map(({ name }) => name)).toEqual(["behind", "m"]);
    expect(environment.routers).toEqual([
      { name: "other", externalNetwork: "public", enableSnat: false, subnets: ["s-behind"] },
      {
        name: "r",
        externalNetwork: "public",
        subnets: ["s-m"],
        interfaces: [{ subnet: "s-behind", ip: "192.168.10.77" }],
        routes: [{ destination: "10.0.0.0/8", nexthop: "192.168.9.5" }],
      },
    ]);
    expect(findings).toEqual([
      "router r is also in network theirs, which is not the captured servers' alone: the set has the router without it",
    ]);
  });

  it("has its own security groups with those that they name; default by name only", () => {
    const inner = group("g-inner", {
      name: "db",
      security_group_rules: [{ ...rule, protocol: "tcp" }],
    });
    const web = group("g-web", {
      name: "web",
      stateful: false,
      security_group_rules: [
        { ...rule, remote_group_id: "g-inner" },
        { ...rule, remote_group_id: "g-default", protocol: "icmp", port_range_min: 8 },
        { ...rule, remote_address_group_id: "x" },
      ],
    });
    const { environment, findings } = discovered({
      ports: [port("m", "192.168.9.9", { security_groups: ["g-web", "g-default"] })],
      securityGroups: [...cloudOf().securityGroups, web, inner, group("g-unused")],
    });
    expect(environment.ports?.[0]?.securityGroups).toEqual(["default", "web"]);
    expect(environment.securityGroups).toEqual([
      { name: "db", rules: [{ direction: "ingress", ethertype: "IPv4", protocol: "tcp" }] },
      {
        name: "web",
        rules: [
          { direction: "ingress", ethertype: "IPv4", remoteGroup: "db" },
          {
            direction: "ingress",
            ethertype: "IPv4",
            protocol: "icmp",
            portMin: 8,
            remoteGroup: "default",
          },
        ],
      },
    ]);
    expect(findings).toEqual([
      "security group web is stateless: it comes back stateful",
      "security group web has a rule for an address group, or a group that is not shown: the set is without it",
    ]);
  });

  it("goes by name in networks of somebody else's, and says what that means", () => {
    const shared = { project_id: "them", shared: true };
    const nic = port("shared", "192.168.20.5", has("b"));
    const cloud = cloudOf({
      networks: [network("shared", shared), network("twin", { ...shared, name: "shared" })],
      subnets: [subnet("shared", "192.168.20.0/24")],
      ports: [nic, port("shared", "192.168.20.9")],
    });
    const servers = [serverOf("b", { shared: [nic.mac_address] })];
    const { environment, findings } = discoverEnvironment("lab", servers, cloud, null);
    expect(environment.networks).toEqual([
      expect.objectContaining({ name: "shared", existing: true }),
    ]);
    expect(environment.ports).toBeUndefined();
    expect(findings).toEqual([
      "network shared is not the project's own and not the only one of its name: a restore may not know which is meant",
      "port fa:16:9e:00:00:05 is in shared, which is not the project's own: most clouds let only its owner choose MACs and addresses there",
    ]);
  });

  it("leaves addresses that Neutron works out to Neutron", () => {
    const auto = { id: "s6", gateway_ip: "fd00::1", ipv6_address_mode: "slaac" as const };
    const nic = port("m", "192.168.9.6", {
      ...has("b"),
      fixed_ips: [
        { subnet_id: "s-m", ip_address: "192.168.9.6" },
        { subnet_id: "s6", ip_address: "fd00::f816:9eff:fe00:6" },
      ],
    });
    const cloud = cloudOf({
      subnets: [...cloudOf().subnets, subnet("m", "fd00::/64", auto)],
      ports: [nic],
    });
    const { environment } = discoverEnvironment(
      "lab",
      [serverOf("b", { m: [nic.mac_address] })],
      cloud,
      null,
    );
    expect(environment.nodes[0]?.ports[0]?.fixedIps).toEqual([
      { ip: "192.168.9.6" },
      { subnet: "s-m-2" },
    ]);
  });

  it("has trunks with their subports, and the networks of these", () => {
    const { environment, findings } = discovered({
      networks: [...cloudOf().networks, network("vlan")],
      subnets: [...cloudOf().subnets, subnet("vlan", "192.168.30.0/24")],
      ports: [port("vlan", "192.168.30.5", { id: "child", name: "c" })],
      trunks: [
        {
          name: "t",
          port_id: "p-m-192.168.9.5",
          sub_ports: [
            { port_id: "child", segmentation_id: 20, segmentation_type: "vlan" },
            { port_id: "gone", segmentation_id: 21, segmentation_type: "vlan" },
          ],
        },
      ],
    });
    expect(environment.networks.map(({ name }) => name)).toEqual(["m", "vlan"]);
    expect(environment.ports).toBeUndefined();
    expect(environment.nodes[0]?.ports[0]?.trunk).toEqual({
      name: "t",
      subports: [
        {
          name: "c",
          network: "vlan",
          mac: "fa:16:9e:00:00:05",
          fixedIps: [{ ip: "192.168.30.5" }],
          allowedAddressPairs: [],
          vlanId: 20,
        },
      ],
    });
    expect(findings).toEqual([
      "trunk of port fa:16:9e:00:00:05 has a subport (vlan 21) that the set cannot hold",
    ]);
  });

  it("has of a server its group, zone, keys, metadata and user data", () => {
    const nic = port("m", "192.168.9.6", has("b"));
    const cloud = cloudOf({
      ports: [nic],
      serverGroups: [
        { id: "1", name: "apart", policies: ["anti-affinity"], members: ["b"] },
        { id: "2", name: "others", policies: ["affinity"], members: ["z"] },
      ],
    });
    const server = serverOf(
      "b",
      { m: [nic.mac_address] },
      {
        key_name: "me",
        config_drive: "True",
        metadata: { purpose: "test", snapset_role: "compute" },
        "OS-EXT-AZ:availability_zone": "az-2",
        "OS-EXT-SRV-ATTR:user_data": Buffer.from("#cloud-config\n").toString("base64"),
      },
    );
    const { environment } = discoverEnvironment("lab", [{ ...server, image: "rhel" }], cloud, null);
    expect(environment.serverGroups).toEqual([{ name: "apart", policy: "anti-affinity" }]);
    expect(environment.nodes[0]).toMatchObject({
      image: "rhel",
      serverGroup: "apart",
      availabilityZone: "az-2",
      keyPair: "me",
      configDrive: true,
      userData: "#cloud-config\n",
    });
    expect(environment.nodes[0]?.metadata).toEqual({ purpose: "test" });
  });

  it("keeps user data that are no text in base64", () => {
    const encoded = Buffer.from([0x1f, 0x8b, 0xff, 0x00]).toString("base64");
    const nic = port("m", "192.168.9.6", has("b"));
    const server = serverOf(
      "b",
      { m: [nic.mac_address] },
      { "OS-EXT-SRV-ATTR:user_data": encoded },
    );
    const { environment } = discoverEnvironment("lab", [server], cloudOf({ ports: [nic] }), null);
    expect(environment.nodes[0]?.userData).toBe(encoded);
  });
});
