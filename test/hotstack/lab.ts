import { isAbsolute, join, normalize } from "node:path";
import { InputError } from "../../common/errors";
import { loadScenario, type Scenario, type ScenarioSource } from "../../hotstack/scenario";

/** Files by path: relative ones are in the scenario's folder, `lab`. */
export type Files = Record<string, string | Buffer>;

/** Loads a scenario of files that are only in memory. */
export function load(files: Files, source: Partial<ScenarioSource> = {}): Scenario {
  const all = new Map(
    Object.entries(files).map(([path, content]) => [
      normalize(isAbsolute(path) ? path : join(process.cwd(), "lab", path)),
      Buffer.from(content),
    ]),
  );
  const read = (path: string) =>
    all.get(normalize(isAbsolute(path) ? path : join(process.cwd(), path)));
  return loadScenario({ scenario: "lab", ...source }, { home: "/home/me", files: { read } });
}

/** Everything that is wrong with a scenario. */
export function problemsWith(files: Files, source?: Partial<ScenarioSource>): readonly string[] {
  try {
    load(files, source);
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  return [];
}

/** A template of these resources. */
export function template(resources: string, rest = ""): string {
  return `heat_template_version: rocky\n${rest}resources:\n${resources}`;
}

/** A network, a subnet, a port and a server; lines 3 to 20 of a template. */
export const machine = `  net:
    type: OS::Neutron::Net
  subnet:
    type: OS::Neutron::Subnet
    properties:
      network: {get_resource: net}
      cidr: 192.168.32.0/24
  port:
    type: OS::Neutron::Port
    properties:
      network: {get_resource: net}
  controller:
    type: OS::Nova::Server
    properties:
      image: base
      flavor: small
      networks:
        - port: {get_resource: port}
`;
