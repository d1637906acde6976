import { load, machine, problemsWith, template } from "../lab";

const environmentOf = (resources: string, rest?: string) =>
  load({ "heat_template.yaml": template(resources, rest) }).environment;
const serverWith = (lines: string) => machine.replace("      image: base\n", lines);

describe("toEnvironment", () => {
  it("makes routers with gateway, interfaces and routes", () => {
    const { routers } = environmentOf(`${machine}  router:
    type: OS::Neutron::Router
    properties: {external_gateway_info: {network: public}}
  interface:
    type: OS::Neutron::RouterInterface
    properties: {router: {get_resource: router}, subnet_id: {get_resource: subnet}}
  route:
    type: OS::Neutron::ExtraRoute
    properties: {router_id: {get_resource: router}, destination: "::/0", nexthop: fd00::1}
`);
    expect(routers).toEqual([
      {
        name: "router",
        externalNetwork: "public",
        subnets: ["subnet"],
        routes: [{ destination: "::/0", nexthop: "fd00::1" }],
      },
    ]);
  });

  it("makes subnets: without a gateway, of IPv6, with a network's MTU", () => {
    const { networks } = environmentOf(`${machine}  six-net:
    type: OS::Neutron::Net
    properties: {name: six, port_security_enabled: false, value_specs: {mtu: 1442}}
  six:
    type: OS::Neutron::Subnet
    properties:
      network_id: {get_resource: six-net}
      ip_version: 6
      cidr: fd00::/64
      gateway_ip: null
      enable_dhcp: false
      allocation_pools: [{start: "fd00::10", end: "fd00::20"}]
      ipv6_address_mode: dhcpv6-stateful
      ipv6_ra_mode: slaac
`);
    expect(networks[1]).toEqual({
      ...{ name: "six", portSecurity: false, mtu: 1442 },
      subnets: [
        {
          ...{ name: "six", cidr: "fd00::/64", gatewayIp: null, enableDhcp: false },
          dnsNameservers: [],
          allocationPools: [{ start: "fd00::10", end: "fd00::20" }],
          ...{ ipv6AddressMode: "dhcpv6-stateful", ipv6RaMode: "slaac" },
        },
      ],
    });
  });

  it("makes ports with everything that hangs on them", () => {
    const resources = `${machine
      .replace("{get_resource: port}", "{get_attr: [trunk, port_id]}")
      .replace(
        "network: {get_resource: net}\n  controller",
        `network: {get_resource: net}
      mac_address: "fa:16:3e:00:00:05"
      fixed_ips: [{ip_address: 192.168.32.5, subnet: {get_resource: subnet}}]
      port_security_enabled: true
      security_groups: [default]
      allowed_address_pairs: [{ip_address: 10.0.0.0/8}]
      value_specs: {extra_dhcp_opts: [{opt_name: "67", opt_value: file, ip_version: 4}]}
  controller`,
      )}  child: {type: OS::Neutron::Port, properties: {network: {get_resource: net}}}
  trunk:
    type: OS::Neutron::Trunk
    properties:
      port: {get_resource: port}
      sub_ports: [{port: {get_resource: child}, segmentation_id: 20, segmentation_type: vlan}]
  spare: {type: OS::Neutron::Port, properties: {network: {get_resource: net}}}
  address:
    type: OS::Neutron::FloatingIP
    properties: {floating_network: public, port_id: {get_resource: port}}
`;
    const { nodes, ports } = environmentOf(resources);
    expect(nodes[0]?.ports).toEqual([
      {
        ...{ name: "port", network: "net", mac: "fa:16:3e:00:00:05", portSecurity: true },
        fixedIps: [{ subnet: "subnet", ip: "192.168.32.5" }],
        securityGroups: ["default"],
        allowedAddressPairs: [{ ip: "10.0.0.0/8" }],
        dhcpOptions: [{ name: "67", value: "file", ipVersion: 4 }],
        floatingIp: { network: "public" },
        trunk: {
          name: "trunk",
          subports: [
            { name: "child", network: "net", fixedIps: [], allowedAddressPairs: [], vlanId: 20 },
          ],
        },
      },
    ]);
    expect(ports?.map(({ name }) => name)).toEqual(["spare"]);
  });

  it("refuses a VLAN that two ports of a trunk have, and two floating IPs of one port", () => {
    const child = (name: string) =>
      `  ${name}: {type: OS::Neutron::Port, properties: {network: {get_resource: net}}}\n`;
    const sub = (name: string) =>
      `{port: {get_resource: ${name}}, segmentation_id: 20, segmentation_type: vlan}`;
    const trunk = `  trunk: {type: OS::Neutron::Trunk, properties: {port: {get_resource: port}, sub_ports: [${sub("a")}, ${sub("b")}]}}\n`;
    const floating = (name: string) =>
      `  ${name}: {type: OS::Neutron::FloatingIP, properties: {floating_network: public, port_id: {get_resource: port}}}\n`;
    const problems = (resources: string) =>
      problemsWith({ "heat_template.yaml": template(machine + resources) });
    expect(problems(child("a") + child("b") + trunk)).toEqual([
      "heat_template.yaml line 14: resources.controller.ports[0].trunk.subports[1].vlanId: 20 stands at controller.ports[0].trunk.subports[0].vlanId already",
    ]);
    expect(problems(floating("f") + floating("g"))).toEqual([
      "heat_template.yaml line 22: resources.g: the port port has f already",
    ]);
  });

  it("makes volumes beside an image, in their order", () => {
    const [node] = environmentOf(
      `${serverWith(`      image: base
      block_device_mapping_v2:
        - {volume_id: {get_resource: v2}, boot_index: -1, device_type: disk}
        - {volume_id: {get_resource: v1}, boot_index: -1, device_type: cdrom, disk_bus: sata}
`)}  v1: {type: OS::Cinder::Volume, properties: {size: 1, volume_type: fast, image: iso}}
  v2: {type: OS::Cinder::Volume, properties: {size: "20"}}
`,
    ).nodes;
    expect(node).toMatchObject({ image: "base" });
    expect(node?.rootVolume).toBeUndefined();
    expect(node?.volumes).toEqual([
      { name: "v2", sizeGb: 20, capture: "include" },
      {
        ...{ name: "v1", sizeGb: 1, type: "fast", image: "iso", capture: "include" },
        device: { type: "cdrom", bus: "sata" },
      },
    ]);
  });

  it("boots from the volume with boot_index 0, which is the default", () => {
    const [node] = environmentOf(
      serverWith(`      block_device_mapping_v2:
        - {device_type: disk, boot_index: 1, image_id: base, volume_size: 60}
        - {device_type: cdrom, disk_bus: scsi, image_id: blank, volume_size: 5}
`),
    ).nodes;
    expect(node).toMatchObject({
      image: "blank",
      rootVolume: { sizeGb: 5, device: { type: "cdrom", bus: "scsi" } },
      volumes: [{ name: "controller-disk0", sizeGb: 60, image: "base", bootIndex: 1 }],
    });
  });

  it.each([
    [
      "{image_id: a, volume_size: 1}",
      "exactly one thing must have boot_index 0: an image, or a volume",
      "      image: base\n",
    ],
    ["{volume_id: {get_resource: v}}", "boots from v, which is not of an image", ""],
    [
      "{volume_size: 1, boot_index: -1}",
      "controller.block_device_mapping_v2[0]: needs a volume_id, or an image_id with a volume_size, got { volume_size: 1, boot_index: -1 }",
      "      image: base\n",
    ],
  ])("refuses the block device %s", (device, text, image) => {
    const resources = `${serverWith(`${image}      block_device_mapping_v2: [${device}]\n`)}  v: {type: OS::Cinder::Volume, properties: {size: 1}}\n`;
    const [problem] = problemsWith({ "heat_template.yaml": template(resources) });
    expect(problem).toContain(text);
  });

  it("takes names and roles of snapset_data, and the login of the controller", () => {
    const outputs = `outputs:
  snapset_data:
    value: {instances: {sno: {uuid: {get_resource: controller}, role: controller, mac_address: x}}}
  controller_ansible_host: {value: {ansible_ssh_user: zuul, ansible_host: x}}
`;
    expect(environmentOf(machine, outputs).nodes[0]).toMatchObject({
      ...{ name: "sno", role: "controller", sshUser: "zuul" },
    });
    const wrong = outputs.replace("role: controller", "role: boss");
    expect(problemsWith({ "heat_template.yaml": template(machine, wrong) })).toEqual([
      expect.stringContaining(
        "heat_template.yaml line 3: outputs.snapset_data.instances.sno.role: must be one of controller, ",
      ),
    ]);
  });

  it.each([
    ["box", "compute_params", "compute"],
    ["box", "switch_params", "switch"],
    ["master0", "anything", "ocp_master"],
    ["worker1", "anything", "ocp_worker"],
    ["leaf01", "anything", "switch"],
  ])("gives %s with an image of %s the role %s", (name, parameter, role) => {
    const resources = machine
      .replace("  controller:", `  ${name}:`)
      .replace("image: base", `image: {get_param: [${parameter}, image]}`);
    const rest = `parameters: {${parameter}: {type: json, default: {image: base}}}\n`;
    expect(environmentOf(resources, rest).nodes[0]?.role).toBe(role);
  });

  it("keeps the outputs, with references to what is known once it is deployed", () => {
    const address = `  address: {type: OS::Neutron::FloatingIP, properties: {floating_network: public, port_id: {get_resource: port}}}\n`;
    const outputs = `outputs:
  plain: {value: {version: 1.0, cidr: {get_attr: [subnet, cidr]}, yes: true}}
  uuid: {value: {get_resource: controller}}
  mac: {value: {get_attr: [port, mac_address]}}
  ip: {value: {get_attr: [address, floating_ip_address]}}
  mtu: {value: {get_attr: [net, mtu]}}
  url: {value: {str_replace: {template: http://ip, params: {ip: {get_attr: [address, floating_ip_address]}}}}}
  status: {value: {get_attr: [port, status]}}
  snapset_data: {value: {instances: {sno: {uuid: {get_resource: controller}, role: controller}}}}
`;
    expect(environmentOf(machine + address, outputs).outputs).toEqual({
      plain: { version: 1, cidr: "192.168.32.0/24", true: true },
      uuid: { $serverId: "sno" },
      mac: { $macAddress: "port" },
      ip: { $floatingIp: "port" },
      mtu: { $mtu: "net" },
      url: null,
      status: null,
      snapset_data: { instances: { sno: { uuid: { $serverId: "sno" }, role: "controller" } } },
    });
  });
});
