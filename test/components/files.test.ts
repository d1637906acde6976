import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadEnvironment, loadInstances } from "../../components/files";
import { machine, template } from "../hotstack/lab";

describe("loadEnvironment", () => {
  let folder: string;
  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), "snapset-files-")), "lab");
    mkdirSync(folder);
  });
  afterEach(() => {
    rmSync(join(folder, ".."), { recursive: true, force: true });
  });

  const write = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  it("reads a scenario by its folder, by its template, and with what is said beside it", () => {
    const path = write(
      "heat_template.yaml",
      template(
        machine.replace("small", "{get_param: size}"),
        "parameters: {size: {type: string, default: small}}\n",
      ),
    );
    const variables = { stack_parameters: { size: "large" } };
    const flavorOf = (from: Parameters<typeof loadEnvironment>[0]) =>
      loadEnvironment(from, "deploy").nodes[0]?.flavor;
    expect(flavorOf(folder)).toBe("small");
    expect(flavorOf(path)).toBe("small");
    expect(flavorOf({ scenario: folder, variables })).toBe("large");
  });

  it("keeps how long the cluster has to be stable", () => {
    write("heat_template.yaml", template(machine));
    write("bootstrap_vars.yml", "hotstack_min_stable_period: 3m\n");
    expect(loadEnvironment(folder, "deploy").minStablePeriodSeconds).toBe(180);
  });

  it("refuses to deploy from base images what is to be revived from a set", () => {
    write("heat_template.yaml", template(machine));
    write("bootstrap_vars.yml", "hotstack_revive_snapshot: true\n");
    expect(() => loadEnvironment(folder, "deploy")).toThrow(
      `${folder}: hotstack_revive_snapshot asks for nodes from a set; use snapset:mode restore with snapset:snapId latest`,
    );
    expect(loadEnvironment(folder, "restore").name).toBe("lab");
  });

  it("refuses a folder that is no scenario", () => {
    expect(() => loadEnvironment(folder, "deploy")).toThrow(
      `${folder}: is a folder without heat_template.yaml; name a Hotstack scenario, or the YAML file of an environment`,
    );
  });

  it("refuses an environment of our own that is no YAML, nested too deep, or grows by its aliases", () => {
    const problems = (text: string) => () => loadEnvironment(write("own.yaml", text), "deploy");
    expect(problems("name: lab\nnodes: [}\n")).toThrow(/own\.yaml: (.*\n.*)?line 2, column 9: /);
    expect(problems(`nodes: ${"[".repeat(100_000)}`)).toThrow("nested deeper than 100 levels");
    const laughs = Array.from(
      { length: 20 },
      (_, i) =>
        `l${i}: &l${i} [${
          i === 0
            ? "ha"
            : Array(9)
                .fill(`*l${i - 1}`)
                .join(", ")
        }]`,
    );
    expect(problems(laughs.join("\n"))).toThrow("Excessive alias count");
    expect(() => loadInstances(write("data.yaml", `{a: ${"[".repeat(100_000)}`))).toThrow(
      "nested deeper than 100 levels",
    );
  });

  it("reads an environment of our own with the user data that it names", () => {
    const path = write(
      "own.yaml",
      "name: lab\nnetworks: [{name: net, subnets: [{name: s, cidr: 10.0.0.0/24}]}]\n" +
        "nodes: [{name: a, role: compute, flavor: f, userDataFile: data.txt, ports: [{network: net}]}]\n",
    );
    write("data.txt", "hello");
    expect(loadEnvironment(path, "deploy").nodes[0]).toMatchObject({ userData: "hello" });
  });
});
