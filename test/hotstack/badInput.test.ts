import { machine, problemsWith, template } from "./lab";

const of = (text: string) => problemsWith({ "heat_template.yaml": text });
const line = (number: number, text: string) => `heat_template.yaml line ${number}: ${text}`;
/** With further resources after the machine, which ends at line 21. */
const after = (resources: string) => of(template(machine + resources));

describe("a scenario that is wrong", () => {
  it("tells line and column of a syntax error", () => {
    expect(of("heat_template_version: rocky\nresources: {a: [}\n")[0]).toMatch(
      /^heat_template\.yaml line 2: column 17: /,
    );
  });

  it("tells everything at once, in the order of the lines", () => {
    const text = template(
      machine
        .replace("OS::Neutron::Net\n", "OS::Neutron::Network\n")
        .replace("cidr: 192.168.32.0/24", "cdir: 192.168.32.0/24")
        .replace("flavor: small", "flavor: {get_parm: x}")
        .replace("{get_resource: port}", "{get_resource: prot}"),
    );
    expect(of(text).map((problem) => problem.slice(0, 75))).toEqual([
      "heat_template.yaml line 3: resources.net: the type OS::Neutron::Network is ",
      "heat_template.yaml line 5: resources.subnet.properties.cidr: is missing",
      "heat_template.yaml line 9: resources.subnet.properties.cdir: is not support",
      "heat_template.yaml line 18: get_parm: there is no such function in rocky; t",
      "heat_template.yaml line 20: there is no resource prot; the nearest is port",
    ]);
  });

  it("names an unknown type and those that there are", () => {
    const [problem] = after("  x:\n    type: OS::Nova::Servre\n");
    expect(problem).toContain(
      "line 21: resources.x: the type OS::Nova::Servre is not supported; the nearest is OS::Nova::Server; there is ",
    );
  });

  it("names an unknown property and those that there are", () => {
    expect(
      after("  n:\n    type: OS::Neutron::Net\n    properties:\n      shared: true\n"),
    ).toEqual([
      line(
        24,
        "resources.n.properties.shared: is not supported; there is name, admin_state_up, port_security_enabled, value_specs",
      ),
    ]);
  });

  it("names the whole path of a circle", () => {
    const circle = `  a: {type: OS::Heat::Value, properties: {value: {get_attr: [b, value]}}}
  b: {type: OS::Heat::Value, properties: {value: {list_join: ['', [{get_attr: [c, value]}]]}}}
  c: {type: OS::Heat::Value, depends_on: a, properties: {value: x}}
`;
    expect(after(circle)).toEqual([line(23, "circular references: a → b → c → a")]);
  });

  it("refuses references to what is not there, in depends_on and outputs too", () => {
    const text = template(
      `${machine}  v:\n    type: OS::Cinder::Volume\n    depends_on: [nothing]\n    properties: {size: 1}\n`,
      "outputs:\n  o:\n    value: {get_attr: [nobody, name]}\n",
    );
    expect(of(text)).toEqual([
      line(4, "there is no resource nobody"),
      line(24, "resources.v: no server has this volume"),
      line(26, "there is no resource nothing"),
    ]);
  });

  it("refuses an attribute that a type does not have", () => {
    const value =
      "  v: {type: OS::Heat::Value, properties: {value: {get_attr: [port, mac_adress]}}}\n";
    expect(after(value)).toEqual([
      line(
        21,
        "get_attr: OS::Neutron::Port has no attribute mac_adress; the nearest is mac_address",
      ),
    ]);
  });

  it("refuses values of the wrong type, of each property", () => {
    const volume =
      "  v:\n    type: OS::Cinder::Volume\n    properties:\n      size: big\n      name: [a]\n";
    expect(after(volume)).toEqual([
      line(24, "resources.v.properties.size: must be a whole number, got 'big'"),
      line(25, "resources.v.properties.name: must be a string, got [ 'a' ]"),
    ]);
  });

  it("refuses user data that depends on what only the cloud knows", () => {
    const config = `  config:
    type: OS::Heat::CloudConfig
    properties:
      cloud_config:
        mac: {get_attr: [port, mac_address]}
`;
    expect(after(config)).toEqual([
      line(
        24,
        "resources.config.cloud_config: mac_address of port is known only to the cloud, and user data is made before",
      ),
    ]);
  });

  it("refuses a format of user data that only a Heat can make", () => {
    expect(of(template(machine.replace("networks:", "user_data: hi\n      networks:")))).toEqual([
      line(
        14,
        "resources.controller.user_data_format: must be RAW: Heat's default adds files that only a Heat has",
      ),
    ]);
  });

  it("refuses user data that Nova does not take", () => {
    const data = `user_data_format: RAW\n      user_data: ${"x".repeat(60_000)}\n      networks:`;
    expect(of(template(machine.replace("networks:", data)))).toEqual([
      line(20, "resources.controller.user_data: is 80000 bytes long in base64; Nova takes 65535"),
    ]);
  });

  it("refuses a MAC or address that is used in the network already", () => {
    const port = (name: string) => `  ${name}:
    type: OS::Neutron::Port
    properties: {network: {get_resource: net}, mac_address: "fa:16:3e:00:00:01", fixed_ips: [{ip_address: 192.168.32.7}]}
`;
    expect(after(port("p1") + port("p2"))).toEqual([
      line(24, "resources.p2.mac: fa:16:3e:00:00:01 stands at p1.mac already"),
      line(24, "resources.p2.fixedIps[0].ip: 192.168.32.7 stands at p1.fixedIps[0].ip already"),
    ]);
  });

  it("refuses an address outside of its network, and a MAC that is none", () => {
    const port = `  p:
    type: OS::Neutron::Port
    properties: {network: {get_resource: net}, mac_address: "fa:16", fixed_ips: [{ip_address: 10.0.0.7}]}
`;
    expect(after(port)).toEqual([line(21, "resources.p.mac: must be a MAC address, got fa:16")]);
    expect(after(port.replace("fa:16", "fa:16:3e:00:00:01"))).toEqual([
      line(21, "resources.p.fixedIps[0].ip: 10.0.0.7 is outside net (192.168.32.0/24)"),
    ]);
  });

  it.each([
    [
      "a server without a port of the template",
      machine.replace("{get_resource: port}", "someport"),
      19,
      'resources.controller.networks[0].port: must be an OS::Neutron::Port of this template, got "someport"',
    ],
    [
      "a server that boots from nothing",
      machine.replace("      image: base\n", ""),
      14,
      "resources.controller: exactly one thing must have boot_index 0: an image, or a volume",
    ],
    [
      "a server without a role",
      machine.replace("  controller:", "  box:"),
      14,
      "resources.box: has no role; name it in the output snapset_data, or take its image of a parameter such as compute_params",
    ],
    [
      "an IPv6 network that is called version 4",
      machine.replace("192.168.32.0/24", "fd00::/64"),
      5,
      "resources.subnet.ip_version: is 4, and fd00::/64 is not",
    ],
    [
      "what is switched off",
      machine.replace(
        "OS::Neutron::Net\n",
        "OS::Neutron::Net\n    properties: {admin_state_up: false}\n",
      ),
      5,
      "resources.net.properties.admin_state_up: must be true, got false",
    ],
    [
      "resources that are to stay",
      machine.replace("OS::Neutron::Net\n", "OS::Neutron::Net\n    deletion_policy: Retain\n"),
      5,
      "resources.net.deletion_policy: only Delete is supported",
    ],
  ])("refuses %s", (_, resources, number, text) => {
    expect(of(template(resources))).toEqual([line(number, text)]);
  });

  it("refuses circular conditions with the whole path", () => {
    const conditions = "conditions:\n  a: b\n  b: {not: c}\n  c: {and: [a, true]}\n";
    expect(of(template(machine, conditions))).toEqual([
      line(3, "circular conditions: a → b → c → a"),
    ]);
  });

  it.each([
    ["heat_template_version: 2099-01-01\n", "must be one of 2013-05-23, "],
    ["description: none\n", "heat_template_version: is missing"],
    ["- a\n", "a template must be a map"],
    [
      "heat_template_version: rocky\nresource: {}\n",
      "resource: a template can hold heat_template_version, ",
    ],
  ])("refuses what is no template: %s", (text, message) => {
    expect(of(text)).toEqual([expect.stringContaining(message)]);
  });

  it("refuses variables that are wrong, by file and line", () => {
    const files = {
      "heat_template.yaml": template(machine, "parameters: {p: {type: string}}\n"),
      "bootstrap_vars.yml": "a: '{{ b }}'\nb: '{{ a }}'\nstack_parameters:\n  p: '{{ a }}'\n",
    };
    expect(problemsWith(files)).toContain(
      "bootstrap_vars.yml line 1: circular variables: a → b → a",
    );
  });

  it("tells what is wrong in variables and template at once", () => {
    const files = {
      "heat_template.yaml": template(machine.replace("flavor: small", "flavour: small")),
      "bootstrap_vars.yml": "hotstack_min_stable_period: long\nhotstack_revive_snapshot: perhaps\n",
    };
    expect(problemsWith(files).map((problem) => problem.split(",")[0])).toEqual([
      "bootstrap_vars.yml line 1: hotstack_min_stable_period: must be a duration such as 60s or 3m",
      "bootstrap_vars.yml line 2: hotstack_revive_snapshot: must be true or false",
      "heat_template.yaml line 14: resources.controller.properties.flavor: is missing",
      "heat_template.yaml line 18: resources.controller.properties.flavour: is not supported; the nearest is flavor; there is name",
    ]);
  });
});
