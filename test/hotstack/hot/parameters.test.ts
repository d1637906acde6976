import { load, machine, problemsWith, template } from "../lab";

const withParameter = (definition: string, value?: string) => ({
  "heat_template.yaml": template(machine, `parameters:\n  p: ${definition}\n`),
  ...(value === undefined ? {} : { "bootstrap_vars.yml": `stack_parameters:\n  p: ${value}\n` }),
});

describe("parameters", () => {
  it.each([
    ["{type: string}", "1"],
    ["{type: number, constraints: [{range: {min: 1, max: 5}}]}", "'5'"],
    ["{type: boolean}", "'on'"],
    ["{type: json}", `'{"a": [1]}'`],
    ["{type: json}", "[1, 2]"],
    ["{type: comma_delimited_list, constraints: [{allowed_values: [a, b]}]}", "a,b"],
    ["{type: comma_delimited_list, constraints: [{length: {max: 2}}]}", "[a, b]"],
    ["{type: string, constraints: [{allowed_pattern: '[a-z]+'}, {length: {min: 2}}]}", "ab"],
    ["{type: number, constraints: [{modulo: {step: 2, offset: 1}}]}", "3"],
    ["{type: string, constraints: [{custom_constraint: nova.flavor}]}", "anything"],
    ["{type: string, default: ''}", undefined],
    ["{type: string, constraints: [{allowed_values: [8, 16]}]}", "8"],
  ])("%s takes %s", (definition, value) => {
    expect(problemsWith(withParameter(definition, value))).toEqual([]);
  });

  it.each([
    [
      "{type: string}",
      "[a]",
      "bootstrap_vars.yml line 2: parameter p: must be a string, got [ 'a' ]",
    ],
    ["{type: number}", "x", "bootstrap_vars.yml line 2: parameter p: must be a number, got 'x'"],
    [
      "{type: boolean}",
      "maybe",
      "bootstrap_vars.yml line 2: parameter p: must be a boolean, got 'maybe'",
    ],
    [
      "{type: json}",
      "'{'",
      "bootstrap_vars.yml line 2: parameter p: must be JSON: a map or a list, got '{'",
    ],
    [
      "{type: string, constraints: [{allowed_values: [sata, scsi]}]}",
      "ide",
      "bootstrap_vars.yml line 2: parameter p: must be one of 'sata', 'scsi', got 'ide'",
    ],
    [
      "{type: string, constraints: [{length: {min: 2, max: 3}}]}",
      "a",
      "bootstrap_vars.yml line 2: parameter p: its length must be in the range 2 to 3, got 'a'",
    ],
    [
      "{type: number, constraints: [{range: {min: 2}}]}",
      "1",
      "bootstrap_vars.yml line 2: parameter p: must be at least 2, got 1",
    ],
    [
      "{type: number, constraints: [{modulo: {step: 2, offset: 1}}]}",
      "4",
      "bootstrap_vars.yml line 2: parameter p: must be a multiple of 2 with an offset of 1, got 4",
    ],
    [
      "{type: string, constraints: [{allowed_pattern: '[a-z]+'}]}",
      "ab1",
      "bootstrap_vars.yml line 2: parameter p: must match [a-z]+, got 'ab1'",
    ],
    [
      "{type: string, hidden: true, constraints: [{length: {min: 20}}]}",
      "secret",
      "bootstrap_vars.yml line 2: parameter p: its length must be at least 20",
    ],
    [
      "{type: strnig}",
      "x",
      "heat_template.yaml line 3: parameter p: type must be one of string, number, boolean, json, comma_delimited_list",
    ],
    [
      "{type: string, constraints: [{minimum: 1}]}",
      "x",
      "heat_template.yaml line 3: parameter p: a constraint must be one of allowed_values, length, range, modulo, allowed_pattern, custom_constraint",
    ],
    [
      "{type: string, constraints: [{allowed_pattern: '['}]}",
      "x",
      "heat_template.yaml line 3: parameter p: the constraint allowed_pattern Invalid regular expression: /^(?:[)$/u: Unterminated character class",
    ],
  ])("%s refuses %s", (definition, value, problem) => {
    expect(problemsWith(withParameter(definition, value))).toEqual([problem]);
  });

  it("refuses one that has neither a value nor a default", () => {
    expect(problemsWith(withParameter("{type: string}"))).toEqual([
      "heat_template.yaml line 3: parameter p: has no value and no default; give it in stack_parameters",
    ]);
  });

  it("refuses a value for which the template has no parameter", () => {
    const files = {
      ...withParameter("{type: string, default: a}"),
      "bootstrap_vars.yml": "stack_parameters:\n  q: 1\n",
    };
    expect(problemsWith(files)).toEqual([
      "bootstrap_vars.yml line 2: stack_parameters.q: the template has only p",
    ]);
  });

  const hidden = "parameters:\n  password: {type: string, hidden: true, default: s3cret}\n";

  it("refuses a hidden one anywhere but in user data, without showing it", () => {
    const text = template(
      machine.replace("flavor: small", "flavor: {get_param: password}"),
      hidden,
    );
    const problems = problemsWith({ "heat_template.yaml": text });
    expect(problems).toEqual([
      "heat_template.yaml line 20: resources.controller.properties.flavor: holds the hidden parameter password; only user data is kept secret",
    ]);
  });

  it("does not show a hidden one that is of the wrong type, either", () => {
    const volume = "  v: {type: OS::Cinder::Volume, properties: {size: {get_param: password}}}\n";
    const problems = problemsWith({ "heat_template.yaml": template(machine + volume, hidden) });
    expect(problems[0]).toContain("properties.size: holds the hidden parameter password");
    expect(problems.join()).not.toContain("s3cret");
  });

  it("refuses a hidden one in an output", () => {
    const outputs = `${hidden}outputs:\n  o: {value: {get_param: password}}\n`;
    expect(problemsWith({ "heat_template.yaml": template(machine, outputs) })).toEqual([
      "heat_template.yaml line 5: outputs.o: holds the hidden parameter password; outputs are shown",
    ]);
  });

  it("follows a hidden one through values and attributes", () => {
    const text = template(
      `  v: {type: OS::Heat::Value, properties: {value: {get_param: password}}}\n${machine.replace("image: base", "image: {get_attr: [v, value]}")}`,
      hidden,
    );
    expect(problemsWith({ "heat_template.yaml": text })).toEqual([
      "heat_template.yaml line 20: resources.controller.properties.image: holds the hidden parameter password; only user data is kept secret",
    ]);
  });

  it("lets an output name a server whose user data holds a hidden one", () => {
    const config =
      "  config:\n    type: OS::Heat::CloudConfig\n    properties: {cloud_config: {password: {get_param: password}}}\n";
    const data = "user_data_format: RAW\n      user_data: {get_resource: config}\n      networks:";
    const outputs = `${hidden}outputs:\n  id: {value: {get_resource: controller}}\n  c: {value: {get_attr: [config, config]}}\n`;
    const text = template(config + machine.replace("networks:", data), outputs);
    expect(problemsWith({ "heat_template.yaml": text })).toEqual([
      expect.stringContaining("outputs.c: holds the hidden parameter password; outputs are shown"),
    ]);
  });

  it("lets user data hold a hidden one", () => {
    const config = `  config: {type: OS::Heat::CloudConfig, properties: {cloud_config: {password: {get_param: password}}}}\n`;
    const data = "user_data_format: RAW\n      user_data: {get_resource: config}\n      networks:";
    const text = template(config + machine.replace("networks:", data), hidden);
    const [node] = load({ "heat_template.yaml": text }).environment.nodes;
    expect(node?.userData).toBe("#cloud-config\npassword: s3cret\n");
  });
});
