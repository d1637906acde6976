export { isScenarioFolder, isTemplate, loadScenario } from "./scenario";
export type { ScenarioSource } from "./scenario";
