import { load, machine, problemsWith, template } from "../lab";

const environmentOf = (resources: string) =>
  load({ "heat_template.yaml": template(resources) }).environment;
const problemsOf = (resources: string) =>
  problemsWith({ "heat_template.yaml": template(resources) });
const portWith = (lines: string) =>
  machine.replace(
    "network: {get_resource: net}\n  controller",
    `network: {get_resource: net}\n${lines}  controller`,
  );

describe("groups of a template", () => {
  it("become security groups with what Heat leaves of Neutron's own rules", () => {
    const { securityGroups, nodes } = environmentOf(`${portWith(
      "      security_groups: [{get_resource: own}, default]\n",
    )}  own:
    type: OS::Neutron::SecurityGroup
    properties:
      name: lab
      rules:
        - {protocol: tcp, port_range_min: 22, port_range_max: 22, remote_ip_prefix: 10.0.0.0/8}
        - {remote_mode: remote_group_id, ethertype: IPv6}
        - {remote_mode: remote_group_id, remote_group_id: {get_resource: closed}}
  closed:
    type: OS::Neutron::SecurityGroup
    properties: {description: no way out but one, rules: [{direction: egress, protocol: udp}]}
  later:
    type: OS::Neutron::SecurityGroupRule
    properties: {security_group: {get_resource: closed}, protocol: icmp, remote_group_id: {get_resource: own}}
`);
    expect(securityGroups).toEqual([
      {
        name: "lab",
        rules: [
          { direction: "egress", ethertype: "IPv4" },
          { direction: "egress", ethertype: "IPv6" },
          {
            ...{ direction: "ingress", ethertype: "IPv4", protocol: "tcp" },
            ...{ portMin: 22, portMax: 22, remoteCidr: "10.0.0.0/8" },
          },
          { direction: "ingress", ethertype: "IPv6", remoteGroup: "lab" },
          { direction: "ingress", ethertype: "IPv4", remoteGroup: "closed" },
        ],
      },
      {
        name: "closed",
        description: "no way out but one",
        rules: [
          { direction: "egress", ethertype: "IPv4", protocol: "udp" },
          { direction: "ingress", ethertype: "IPv4", protocol: "icmp", remoteGroup: "lab" },
        ],
      },
    ]);
    expect(nodes[0]?.ports[0]?.securityGroups).toEqual(["lab", "default"]);
  });

  it("become server groups, and the hint that a server is given of one", () => {
    const hinted = machine.replace(
      "      flavor: small\n",
      "      flavor: small\n      scheduler_hints: {group: {get_resource: apart}}\n",
    );
    const { serverGroups, nodes } = environmentOf(`${hinted}  apart:
    type: OS::Nova::ServerGroup
    properties: {name: masters, policies: [soft-anti-affinity]}
  default: {type: OS::Nova::ServerGroup}
`);
    expect(serverGroups).toEqual([
      { name: "masters", policy: "soft-anti-affinity" },
      { name: "default", policy: "anti-affinity" },
    ]);
    expect(nodes[0]?.serverGroup).toBe("masters");
  });

  it.each([
    [
      portWith("      security_groups: [{get_resource: net}]\n"),
      "line 14: resources.port.security_groups[0]: must be an OS::Neutron::SecurityGroup of this template, got the id of net",
    ],
    [
      machine.replace(
        "      flavor: small\n",
        "      flavor: small\n      scheduler_hints: {same_host: x}\n",
      ),
      "line 19: resources.controller.properties.scheduler_hints.same_host: is not supported; there is group",
    ],
    [
      `${machine}  g: {type: OS::Nova::ServerGroup, properties: {policies: [affinity, anti-affinity]}}\n`,
      "line 21: resources.g.policies: must be one policy; Nova takes no more",
    ],
    [
      `${machine}  g: {type: OS::Nova::ServerGroup, properties: {policies: [near]}}\n`,
      "line 21: resources.g.policy: must be one of anti-affinity, soft-anti-affinity, affinity, soft-affinity",
    ],
    [
      `${machine}  g:\n    type: OS::Neutron::SecurityGroup\n    properties: {rules: [{port_range_min: 1, port_range_max: 2}]}\n`,
      "line 21: resources.g.rules[2].protocol: is missing; ports are those of one",
    ],
  ])("are refused by line and name %#", (resources, problem) => {
    expect(problemsOf(resources)).toContain(`heat_template.yaml ${problem}`);
  });
});

describe("networks of a template", () => {
  it("have routes for their hosts, ports with any address or none, and a router's own address", () => {
    const { networks, routers, nodes, ports } = environmentOf(`${portWith(
      "      fixed_ips: [{subnet: {get_resource: subnet}}]\n      binding:vnic_type: direct\n",
    ).replace(
      "cidr: 192.168.32.0/24\n",
      "cidr: 192.168.32.0/24\n      host_routes: [{destination: 10.0.0.0/8, nexthop: 192.168.32.9}]\n",
    )}  router:
    type: OS::Neutron::Router
    properties: {external_gateway_info: {network: public, enable_snat: false}}
  gate:
    type: OS::Neutron::Port
    properties:
      network: {get_resource: net}
      fixed_ips: [{subnet: {get_resource: subnet}, ip_address: 192.168.32.254}]
  interface:
    type: OS::Neutron::RouterInterface
    properties: {router: {get_resource: router}, port: {get_resource: gate}}
  silent:
    type: OS::Neutron::Port
    properties: {network: {get_resource: net}, no_fixed_ips: true}
`);
    expect(networks[0]?.subnets[0]?.hostRoutes).toEqual([
      { destination: "10.0.0.0/8", nexthop: "192.168.32.9" },
    ]);
    expect(routers).toEqual([
      {
        ...{ name: "router", externalNetwork: "public", enableSnat: false, subnets: [] },
        interfaces: [{ subnet: "subnet", ip: "192.168.32.254" }],
      },
    ]);
    expect(nodes[0]?.ports[0]).toMatchObject({
      fixedIps: [{ subnet: "subnet" }],
      vnicType: "direct",
    });
    expect(ports?.map(({ name, noFixedIps }) => [name, noFixedIps])).toEqual([["silent", true]]);
  });

  it("need what a router's interface is of, and the address of its port", () => {
    const router = "  r: {type: OS::Neutron::Router}\n";
    const interfaceOf = (what: string) =>
      `  i: {type: OS::Neutron::RouterInterface, properties: {router: {get_resource: r}${what}}}\n`;
    expect(problemsOf(machine + router + interfaceOf(""))).toEqual([
      "heat_template.yaml line 22: resources.i: needs a subnet, or a port",
    ]);
    const port = "  gate: {type: OS::Neutron::Port, properties: {network: {get_resource: net}}}\n";
    const problems = problemsOf(
      machine + router + port + interfaceOf(", port: {get_resource: gate}"),
    );
    expect(problems).toEqual([
      "heat_template.yaml line 22: resources.gate.fixed_ips: a router's port needs one address, with its subnet and its ip_address",
    ]);
  });

  it("keep what a router does by default unsaid: most clouds let only administrators say it", () => {
    const { routers } = environmentOf(`${machine}  r:
    type: OS::Neutron::Router
    properties: {external_gateway_info: {network: public, enable_snat: true}}
`);
    expect(routers).toEqual([{ name: "r", externalNetwork: "public", subnets: [] }]);
  });
});
