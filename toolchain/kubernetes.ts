import { join } from "node:path";
import type { Say } from "./build";
import { oldestGo } from "./choice";
import { chooseKubernetes, oldestPrograms, type Place } from "./kubernetesChoice";
import { outputOf } from "./outputOf";
import { buildMissing, missing, planParts } from "./plan";
import { kubernetesTools } from "./tools";

/**
 * Gets the programs of a Kubernetes API: those in the folder that `OCAPI_BIN` names, or on PATH, or
 * built.
 *
 * @param root the checkout
 * @returns the folder that they are in; undefined for PATH
 * @throws {InputError} when there is no Go
 */
export async function ensureKubernetes(root: string, say: Say): Promise<string | undefined> {
  const named = process.env["OCAPI_BIN"];
  const places = [...(named === undefined || named === "" ? [] : [named]), undefined];
  const go = outputOf("go", ["version"]);
  const choice = chooseKubernetes(places.map(lookInto), go, oldestGo);
  if (choice.kind === "found") return choice.directory;
  const plan = planParts(root, { tools: kubernetesTools, goVersion: choice.goVersion });
  if (missing(plan).length > 0) {
    say(`toolchain: building a Kubernetes API with ${choice.goVersion} into ${plan.directory}`);
    await buildMissing(root, plan, say);
  }
  return join(plan.directory, "bin");
}

function lookInto(directory: string | undefined): Place {
  const names = Object.keys(oldestPrograms);
  const path = (name: string) => (directory === undefined ? name : join(directory, name));
  const versions = names.map((name) => [name, outputOf(path(name), ["--version"])]);
  return { directory, versions: Object.fromEntries(versions) as Place["versions"] };
}
