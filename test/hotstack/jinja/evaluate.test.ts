import { render } from "../../../hotstack/jinja/evaluate";
import type { Value } from "../../../hotstack/values";

const variables: Record<string, Value> = {
  scenario: "networking-lab/ceos",
  dns_servers: ["172.31.0.129"],
  zuul: { build: "0123456789abcdef" },
  count: 3,
  off: "no",
  nothing: null,
  params: { image: "a", nested: { x: 1 } },
};
const of = (text: string) => render(text, (name) => variables[name]);

describe("render", () => {
  it.each<[string, Value]>([
    ["plain", "plain"],
    ["{{ dns_servers }}", ["172.31.0.129"]],
    ["{{ params }}", { image: "a", nested: { x: 1 } }],
    ["a {{ dns_servers }} b", "a ['172.31.0.129'] b"],
    ["{{ scenario | replace('/', '-') }}", "networking-lab-ceos"],
    ["hs-{{ zuul.build[:8] | default('no-zuul') }}", "hs-01234567"],
    ["{{ missing.build[:8] | default('no-zuul') }}", "no-zuul"],
    ["{{ missing | default([]) }}", []],
    ["{{ off | default('x', true) }}", "no"],
    ["{{ nothing | default('x') }}", null],
    ["{{ nothing | default('x', boolean=true) }}", "x"],
    ["{{ off | bool }}", false],
    ["{{ params['nested'].x }}", 1],
    ["{{ dns_servers[0] }}", "172.31.0.129"],
    ["{{ dns_servers[-1] | upper ~ '/' ~ count }}", "172.31.0.129/3"],
    ["{{ ['a', 'b'] | join(',') }}", "a,b"],
    [
      "{{ params | ansible.builtin.combine({}) }}".replace("{}", "other"),
      { image: "a", nested: { x: 1, y: 2 } },
    ],
    ["{# a comment #}x", "x"],
    ["{{ 'a' if count else 'b' }}".replace(/ if.*else 'b'/, ""), "a"],
  ])("%s", (text, value) => {
    variables["other"] = { nested: { x: 1, y: 2 } };
    expect(of(text)).toEqual(value);
  });

  it.each([
    ["{{ missing }}", "the variable missing is not defined"],
    ["{{ params.missing }}", "the variable params.missing is not defined"],
    ["{% if a %}x{% endif %}", "statements ({% %}) are not supported"],
    ["{{ lookup('env', 'HOME') }}", "calls of functions are not supported"],
    ["{{ count | community.crypto.hash }}", "the filter community.crypto.hash is not supported"],
    ["{{ count + 1 }}", "+ is not supported in an expression"],
    ["{{ 'a' if count else 'b' }}", "if is not supported in an expression"],
    ["{{ not count }}", "not is not supported in an expression"],
    ["{{ a ^ b }}", "^ b is not understood"],
    ["{{ count[ }}", "the end is not supported in an expression"],
  ])("refuses %s", (text, message) => {
    expect(() => of(text)).toThrow(message);
  });
});
