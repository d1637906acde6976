import { join } from "node:path";
import { disk, type FileSystem } from "./files";

export const variablesFile = "bootstrap_vars.yml";
export const templateFile = "heat_template.yaml";

/** Whether a folder, or the text of a file, is a Hotstack scenario. */
export function isScenarioFolder(path: string, files: FileSystem = disk): boolean {
  return [templateFile, variablesFile].some((it) => files.read(join(path, it)) !== undefined);
}

export function isTemplate(text: string): boolean {
  return /^["']?heat_template_version["']?\s*:/m.test(text);
}
