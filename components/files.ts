import { readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, resolve } from "node:path";
import { InputError, messageOf } from "../common/errors";
import { parseYaml } from "../common/yaml/parseYaml";
import { isScenarioFolder, isTemplate, loadScenario, type ScenarioSource } from "../hotstack";
import type { Environment } from "../snapset/environment/environment";
import { parseEnvironment } from "../snapset/environment/parse";
import type { Purpose } from "../snapset/placement/needs";
import { parseSnapsetData, type Instance } from "../snapset/snapsetData";

/**
 * Reads an environment: one of our own, or a Hotstack scenario. Files that it names are read too,
 * relative to its own place, so that what is returned is complete.
 *
 * @param from the path of a YAML file, of a scenario's folder or HOT template, or a scenario with
 *   what is said beside it
 * @throws {InputError} with every problem at once
 */
export function loadEnvironment(from: string | ScenarioSource, purpose: Purpose): Environment {
  if (typeof from !== "string") return scenarioEnvironment(from, purpose);
  if (statSync(from, { throwIfNoEntry: false })?.isDirectory() === true) {
    if (isScenarioFolder(from)) return scenarioEnvironment({ scenario: from }, purpose);
    throw new InputError(from, [
      "is a folder without heat_template.yaml; name a Hotstack scenario, or the YAML file of an environment",
    ]);
  }
  const text = readText(from, from);
  return isTemplate(text)
    ? scenarioEnvironment({ scenario: from }, purpose)
    : ownEnvironment(from, text);
}

function scenarioEnvironment(source: ScenarioSource, purpose: Purpose): Environment {
  const { environment, intent } = loadScenario(source, { home: homedir() });
  if (purpose === "deploy" && intent.reviveSnapshot) {
    throw new InputError(source.scenario, [
      "hotstack_revive_snapshot asks for nodes from a set; use snapset:mode restore with snapset:snapId latest",
    ]);
  }
  return environment;
}

function ownEnvironment(path: string, text: string): Environment {
  const environment = parseEnvironment(parseYaml(path, text), path);
  return {
    ...environment,
    nodes: environment.nodes.map(({ userDataFile, ...node }, i) =>
      userDataFile === undefined
        ? node
        : {
            ...node,
            userData: readText(
              resolve(dirname(path), userDataFile),
              `${path}: nodes[${i}].userDataFile`,
            ),
          },
    ),
  };
}

/**
 * Reads the servers to capture: Hotstack's `snapset_data` itself, or the path of a YAML file.
 *
 * @throws {InputError} with every problem at once
 */
export function loadInstances(instances: string | Record<string, unknown>): Instance[] {
  return typeof instances === "string"
    ? parseSnapsetData(parseYaml(instances, readText(instances, instances)), instances)
    : parseSnapsetData(instances, "snapset:instances");
}

function readText(path: string, subject: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new InputError(subject, [messageOf(error)]);
  }
}
