import { join } from "node:path";
import type { Say } from "./build";
import { oldestGo } from "./choice";
import {
  chooseKubernetes,
  isRecent,
  oldestPrograms,
  type KubernetesChoice,
  type Place,
} from "./kubernetesChoice";
import { outputOf } from "./outputOf";
import { buildMissing, missing, planParts } from "./plan";
import { kubernetesTools } from "./tools";

/**
 * Gets the programs of a Kubernetes API: those in the folder that `OCAPI_BIN` names, or on PATH, or
 * built.
 *
 * @param root the checkout
 * @returns the folder that they are in; empty for PATH
 * @throws {InputError} when there is no Go
 */
export async function ensureKubernetes(root: string, say: Say): Promise<string> {
  const choice = choose();
  if (choice.kind === "found") return choice.directory ?? "";
  const plan = planParts(root, { tools: kubernetesTools, goVersion: choice.goVersion });
  if (missing(plan).length > 0) {
    say(`toolchain: building a Kubernetes API with ${choice.goVersion} into ${plan.directory}`);
    await buildMissing(root, plan, say);
  }
  return join(plan.directory, "bin");
}

/** The same without making anything; undefined where they would have to be built, or without Go. */
export function findKubernetes(root: string): string | undefined {
  if (!isRecent(outputOf("go", ["version"]) ?? "", oldestGo)) return undefined;
  const choice = choose();
  if (choice.kind === "found") return choice.directory ?? "";
  const plan = planParts(root, { tools: kubernetesTools, goVersion: choice.goVersion });
  return missing(plan).length === 0 ? join(plan.directory, "bin") : undefined;
}

function choose(): KubernetesChoice {
  const named = process.env["OCAPI_BIN"];
  const places = [...(named === undefined || named === "" ? [] : [named]), undefined];
  return chooseKubernetes(places.map(lookInto), outputOf("go", ["version"]), oldestGo);
}

function lookInto(directory: string | undefined): Place {
  const names = Object.keys(oldestPrograms);
  const path = (name: string) => (directory === undefined ? name : join(directory, name));
  const versions = names.map((name) => [name, outputOf(path(name), ["--version"])]);
  return { directory, versions: Object.fromEntries(versions) as Place["versions"] };
}
