import { gunzipSync } from "node:zlib";
import { load, machine, problemsWith, template } from "./lab";

const keys = {
  "/home/me/.ssh/id_ed25519.pub": "ssh-ed25519 AAAA me\n",
  "/home/me/.ssh/dataplane-ansible-ssh-key.pub": "ssh-rsa BBBB dataplane\n",
};
const userData = (value: string) => `  config:
    type: OS::Heat::CloudConfig
    properties:
      cloud_config:
        it: ${value}
${machine.replace("networks:", "user_data_format: RAW\n      user_data: {get_resource: config}\n      networks:")}`;
const parameter = (name: string, definition = "{type: string}") =>
  `parameters:\n  ${name}: ${definition}\n`;

describe("loadScenario", () => {
  it("makes an environment of a template", () => {
    expect(load({ "heat_template.yaml": template(machine) })).toMatchObject({
      resources: 4,
      environment: {
        name: "lab",
        networks: [{ name: "net", subnets: [{ name: "subnet", cidr: "192.168.32.0/24" }] }],
        routers: [],
        nodes: [
          {
            ...{ name: "controller", role: "controller", image: "base", flavor: "small" },
            ports: [{ name: "port", network: "net" }],
          },
        ],
      },
      intent: { prepareForSnapshot: false, reviveSnapshot: false },
    });
  });

  it("gives parameters the values of the variables, the last word counting", () => {
    const files = {
      "heat_template.yaml": template(userData("{get_param: p}"), parameter("p", "{type: json}")),
      "bootstrap_vars.yml":
        "flavor: small\nstack_parameters:\n  p: {flavor: '{{ flavor }}', image: base}\n",
      "/home/me/overrides.yml": "flavor: large\n",
      "/more.yml": "stack_parameter_overrides: {p: {image: other}}\n",
    };
    const of = (overrides: string[], variables = {}) =>
      load(files, { overrides, variables }).environment.nodes[0]?.userData;
    expect(of([])).toBe("#cloud-config\nit:\n  flavor: small\n  image: base\n");
    expect(of(["~/overrides.yml", "/more.yml"])).toBe(
      "#cloud-config\nit:\n  flavor: large\n  image: other\n",
    );
    expect(of(["~/overrides.yml"], { flavor: "huge" })).toContain("flavor: huge");
  });

  it("finds the SSH keys where Hotstack does", () => {
    const definitions =
      "parameters:\n  controller_ssh_pub_key: {type: string}\n  dataplane_ssh_pub_key: {type: string}\n";
    const value = "[{get_param: controller_ssh_pub_key}, {get_param: dataplane_ssh_pub_key}]";
    const files = {
      "heat_template.yaml": template(userData(value), definitions),
      "bootstrap_vars.yml":
        "stack_parameters:\n  controller_ssh_pub_key: \"{{ controller_ssh_pub_key | default('') }}\"\n",
    };
    expect(load({ ...files, ...keys }).environment.nodes[0]?.userData).toBe(
      "#cloud-config\nit:\n- ssh-ed25519 AAAA me\n- ssh-rsa BBBB dataplane\n",
    );
    expect(problemsWith(files)).toEqual([
      "bootstrap_vars.yml line 2: the variable controller_ssh_pub_key is not defined; Hotstack takes ~/.ssh/id_rsa.pub or ~/.ssh/id_ed25519.pub",
      "heat_template.yaml line 4: parameter dataplane_ssh_pub_key: has no value and no default; give it in stack_parameters",
    ]);
  });

  it("reads the template that the variables name, or the one that is named itself", () => {
    const files = {
      "heat_template.yaml": template(machine),
      "heat_template_mixed.yaml": template(machine.replace("small", "mixed")),
      "bootstrap_vars.yml":
        "dir: scenarios\nstack_template_path: '{{ dir }}/lab/heat_template_mixed.yaml'\n",
    };
    const flavorOf = (scenario: string) => load(files, { scenario }).environment.nodes[0]?.flavor;
    expect(flavorOf("lab")).toBe("mixed");
    expect(flavorOf("lab/heat_template.yaml")).toBe("small");
  });

  it("tells what Hotstack's switches say", () => {
    const variables =
      "hotstack_prepare_for_snapshot: true\nhotstack_revive_snapshot: 'yes'\nhotstack_min_stable_period: 1m30s\n";
    const files = { "heat_template.yaml": template(machine), "bootstrap_vars.yml": variables };
    expect(load(files).intent).toEqual({
      prepareForSnapshot: true,
      reviveSnapshot: true,
      minStablePeriodMs: 90_000,
    });
    const other = { variables: { hotstack_revive_snapshot: false } };
    expect(load(files, other).intent.reviveSnapshot).toBe(false);
  });

  it("reads files that the template names, what is no text in base64", () => {
    const files = {
      "heat_template.yaml": template(userData("[{get_file: ../a.txt}, {get_file: b.bin}]")),
      "../a.txt": "text",
      "b.bin": Buffer.from([0xff, 0x00]),
    };
    expect(load(files).environment.nodes[0]?.userData).toBe("#cloud-config\nit:\n- text\n- /wA=\n");
  });

  it("packs the files that compress_heat_files names", () => {
    const files = {
      "heat_template.yaml": template(userData("{get_file: data.tar.gz.b64}")),
      "bootstrap_vars.yml": "compress_heat_files:\n  - {archive: data, files: [a.sh]}\n",
      "a.sh": "echo hello\n",
    };
    const data = load(files).environment.nodes[0]?.userData ?? "";
    const tar = gunzipSync(Buffer.from(data.replace(/^.*it: |\s/gs, ""), "base64")).toString();
    expect(tar.slice(0, 4)).toBe("a.sh");
    expect(tar.slice(512, 523)).toBe("echo hello\n");
    expect(
      problemsWith({
        ...files,
        "bootstrap_vars.yml": "compress_heat_files: [{archive: data, files: [b.sh]}]",
      }),
    ).toEqual(["bootstrap_vars.yml line 1: b.sh: there is no such file"]);
  });

  it("joins multipart user data of its parts", () => {
    const mime = `  mime: {type: OS::Heat::MultipartMime, properties: {parts: [{config: {get_resource: config}}, {config: "echo", subtype: x-shellscript}]}}\n`;
    const text = template(
      userData("1").replace(
        "user_data: {get_resource: config}",
        "user_data: {get_resource: mime}",
      ) + mime,
    );
    const data = load({ "heat_template.yaml": text }).environment.nodes[0]?.userData ?? "";
    expect(data).toContain(
      'Content-Type: text/plain; charset="us-ascii"\nMIME-Version: 1.0\nContent-Transfer-Encoding: 7bit\n\n#cloud-config\nit: 1\n\n--',
    );
    expect(data).toContain('Content-Type: text/x-shellscript; charset="us-ascii"');
  });

  it("leaves out resources and outputs whose condition is not met", () => {
    const text = template(
      `${machine}  other: {type: OS::Neutron::Net, condition: large}\n  third: {type: OS::Neutron::Net, condition: {not: large}}\n`,
      "parameters: {size: {type: string, default: small}}\nconditions: {large: {equals: [{get_param: size}, large]}}\noutputs: {o: {condition: large, value: {get_resource: other}}}\n",
    );
    const names = (variables: Record<string, unknown>) =>
      load({ "heat_template.yaml": text }, { variables }).environment.networks.map(
        ({ name }) => name,
      );
    const always = names({}).slice(0, -1);
    expect(names({})).toEqual([...always, "third"]);
    expect(names({ stack_parameters: { size: "large" } })).toEqual([...always, "other"]);
  });
});
