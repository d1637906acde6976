import { load, problemsWith, template } from "../lab";

/** Resolves a value by way of a volume's name, which must be text. */
function valueOf(expression: string, version = "rocky"): unknown {
  const text = template(
    `  net:
    type: OS::Neutron::Net
  subnet: {type: OS::Neutron::Subnet, properties: {network: {get_resource: net}, cidr: 10.0.0.0/24}}
  port: {type: OS::Neutron::Port, properties: {network: {get_resource: net}}}
  config:
    type: OS::Heat::CloudConfig
    properties:
      cloud_config:
        it: ${expression}
  controller:
    type: OS::Nova::Server
    properties:
      image: base
      flavor: small
      user_data_format: RAW
      user_data: {get_resource: config}
      networks: [{port: {get_resource: port}}]
`,
    "parameters: {list: {type: comma_delimited_list, default: [a, b]}, map: {type: json, default: {k: {l: [x, y]}}}}\n",
  ).replace("rocky", version);
  const data = load({ "heat_template.yaml": text }).environment.nodes[0]?.userData ?? "";
  return data.replace("#cloud-config\nit:", "").trim();
}

describe("intrinsic functions", () => {
  it.each([
    ["{get_param: [map, k, l, 1]}", "y"],
    ["{get_param: [map, k, l, '1']}", "y"],
    ["{get_param: [map, missing]}", "''"],
    ["{get_param: list}", "- a\n- b"],
    ["{str_replace: {template: $a $ab $a, params: {$a: 1, $ab: yes}}}", "1 True 1"],
    ["{str_replace: {template: x-y, params: {x: y, y: x}}}", "y-x"],
    ["{str_replace: {template: $m, params: {$m: {get_param: map}}}}", `'{"k": {"l": ["x", "y"]}}'`],
    ["{str_replace: {template: a$n, params: {$n: null}}}", "a"],
    ["{str_replace: {template: $f, params: {$f: 1.0}}}", "'1.0'"],
    ["{str_replace_strict: {template: $a, params: {$a: b}}}", "b"],
    ["{list_join: ['-', [a, b], [c, {d: 1}]]}", `'a-b-c-{"d": 1}'`],
    ["{str_split: ['/', 10.0.0.0/24, 1]}", "'24'"],
    ["{str_split: [',', 'a,b']}", "- a\n- b"],
    ["{list_concat: [[a], {get_param: list}]}", "- a\n- a\n- b"],
    ["{list_concat_unique: [[a], {get_param: list}]}", "- a\n- b"],
    ["{filter: [[a], {get_param: list}]}", "- b"],
    ["{contains: [a, {get_param: list}]}", "true"],
    ["{map_merge: [{a: 1, b: 2}, {b: 3}]}", "a: 1\n  b: 3"],
    ["{map_replace: [{a: x, b: y}, {keys: {a: c}, values: {y: z}}]}", "b: z\n  c: x"],
    [
      "{repeat: {template: '%a%%b%', for_each: {'%a%': [x, y], '%b%': ['1', '2']}}}",
      "- x1\n- x2\n- y1\n- y2",
    ],
    [
      "{repeat: {template: {'%a%': '%b%'}, for_each: {'%a%': [x, y], '%b%': ['1', '2']}, permutations: false}}",
      "- x: '1'\n- y: '2'",
    ],
    ["{digest: [md5, abc]}", "900150983cd24fb0d6963f7d28e17f72"],
    [
      "{make_url: {scheme: http, username: u, password: 'p/w', host: '::1', port: 80, path: /a b, query: {q: 'x y'}, fragment: f}}",
      "http://u:p%2Fw@[::1]:80/a%20b?q=x+y#f",
    ],
    ["{if: [{not: {equals: [1, 1]}}, a, b]}", "b"],
    ["{get_attr: [subnet, gateway_ip]}", "10.0.0.1"],
    ["{get_attr: [subnet, cidr]}", "10.0.0.0/24"],
    ["{not_a_function_at_all: 1}", "not_a_function_at_all: 1"],
  ])("%s", (expression, value) => {
    expect(valueOf(expression)).toBe(value);
  });

  it("leaves out what an if of wallaby does not give a value", () => {
    expect(valueOf("[a, {if: [false, b]}, c]", "wallaby")).toBe("- a\n- c");
  });

  const wrong = (expression: string, version = "rocky") =>
    problemsWith({
      "heat_template.yaml": `heat_template_version: ${version}\noutputs:\n  o:\n    value: ${expression}\n`,
    });

  it.each([
    [
      "{str_replace: {template: 1, params: {}}}",
      "str_replace: needs a template, which is a string",
    ],
    ["{str_replace: {template: a}}", "str_replace: needs params, which are a map"],
    [
      "{str_replace_strict: {template: a, params: {b: c}}}",
      "str_replace_strict: the template does not hold b",
    ],
    [
      "{str_replace_vstrict: {template: a, params: {a: ''}}}",
      "str_replace_vstrict: the param a is empty",
    ],
    ["{str_split: ['/', a/b, 5]}", "str_split: the index must be 0 to 1"],
    ["{list_join: ['', [1]]}", "list_join: items must be strings, got a number"],
    ["{map_merge: {a: 1}}", "map_merge: needs a list of maps"],
    [
      "{map_replace: [{a: 1, b: 2}, {keys: {a: b}}]}",
      "map_replace: the new key b is there already",
    ],
    ["{repeat: {template: a, for_each: {x: 1}}}", "repeat: the values of for_each must be lists"],
    ["{digest: [nothing, abc]}", "digest: there is no algorithm nothing"],
    [
      "{make_url: {hots: a}}",
      "make_url: takes scheme, username, password, host, port, path, query, fragment, not hots",
    ],
    ["{if: [true, a]}", "if: needs a list of a condition, a value, and another value"],
    ["{if: [nowhere, a, b]}", "there is no condition nowhere"],
    ["{yaql: {expression: $.data}}", "yaql: yaql expressions are not supported"],
    ["{resource_facade: metadata}", "resource_facade: there are no nested stacks here"],
    ["{get_parm: x}", "get_parm: there is no such function in rocky; the nearest is get_param"],
    ["{get_foo: x}", "get_foo: there is no such function in rocky"],
    ["{'Fn::Join': ['', []]}", "Fn::Join: there is no such function in rocky"],
    ["{get_param: nothing}", "get_param: there is no parameter nothing; there is "],
    [
      "{get_file: 'http://example.com/x'}",
      "get_file: http://example.com/x: only files beside the template can be read",
    ],
    ["{get_file: missing.txt}", "missing.txt: there is no such file"],
  ])("refuses %s", (expression, message) => {
    expect(wrong(expression)).toEqual([`heat_template.yaml line 4: ${message}`]);
  });

  it("refuses functions of a later version", () => {
    expect(wrong("{list_concat: [[a]]}", "2016-04-08")).toEqual([
      "heat_template.yaml line 4: list_concat: there is no such function before pike",
    ]);
  });
});
