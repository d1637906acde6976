import type { Scenario, ScenarioSource, Surroundings } from "./scenario";

/**
 * Reads a Hotstack scenario: `heat_template.yaml` (or the template that `stack_template_path` names)
 * and `bootstrap_vars.yml`, as Hotstack's playbook 01-infra.yml and Heat would. Loads what it takes at
 * the first call: most stacks have environments of our own, and 50 modules cost a tenth of a second.
 *
 * @throws {InputError} with every problem at once, by file and line
 */
export function loadScenario(source: ScenarioSource, surroundings: Surroundings): Scenario {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- lazy, and CommonJS as all of us
  const { loadScenario: load } = require("./scenario") as typeof import("./scenario");
  return load(source, surroundings);
}

export { isScenarioFolder, isTemplate } from "./recognize";
export type { ScenarioSource } from "./scenario";
