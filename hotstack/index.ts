export { isScenarioFolder, isTemplate, loadScenario } from "./scenario";
export type { Scenario, ScenarioSource } from "./scenario";
