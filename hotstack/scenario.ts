import { basename, dirname, join, resolve } from "node:path";
import { InputError } from "../common/errors";
import type { Environment } from "../snapset/environment/environment";
import { packedArchive } from "./archive";
import { contentOf, disk, fileText, type FileSystem } from "./files";
import { resolveParameters, type Parameters } from "./hot/parameters";
import { resolveStack } from "./hot/stack";
import { readTemplate, type Template } from "./hot/template";
import { readIntent, type Intent } from "./intent";
import { toEnvironment } from "./mapping/toEnvironment";
import { Problems, type Place } from "./problems";
import { templateFile, variablesFile } from "./recognize";
import { pythonText } from "./python";
import { defaultVariables, inlineVariables } from "./scenarioVariables";
import { isMap } from "./values";
import { stackParameters, Variables } from "./variables";
import { readYaml, type Node } from "./yaml/readYaml";

/** A Hotstack scenario, and what is said beside it, as `ansible-playbook` would be told. */
export interface ScenarioSource {
  /** Path of the scenario's folder, or of a HOT template in it. */
  scenario: string;
  /** Paths of further files of variables, as with `-e @file`; the last word counts. */
  overrides?: readonly string[] | undefined;
  /** Variables, as with `-e name=value`; they go before all files. */
  variables?: Readonly<Record<string, unknown>> | undefined;
}

/** What a scenario comes to. */
export interface Scenario {
  environment: Environment;
  intent: Intent;
  /** Number of resources in its template. */
  resources: number;
}

/** Where a scenario is read from, for tests. */
export interface Surroundings {
  files?: FileSystem;
  /** The home directory, where Hotstack keeps SSH keys. */
  home: string;
}

/**
 * Reads a Hotstack scenario: `heat_template.yaml` (or the template that `stack_template_path` names)
 * and `bootstrap_vars.yml`, as Hotstack's playbook 01-infra.yml and Heat would.
 *
 * @throws {InputError} with every problem at once, by file and line
 */
export function loadScenario(
  source: ScenarioSource,
  { files = disk, home }: Surroundings,
): Scenario {
  const problems = new Problems();
  const scenario = new Loader(source, files, home, problems).load();
  problems.throwIfAny(source.scenario);
  if (scenario === undefined) throw new Error(`${source.scenario} gave neither result nor problem`);
  return scenario;
}

class Loader {
  readonly #folder: string;

  constructor(
    private readonly source: ScenarioSource,
    private readonly files: FileSystem,
    private readonly home: string,
    private readonly problems: Problems,
  ) {
    const isFile = files.read(source.scenario) !== undefined;
    this.#folder = isFile ? dirname(source.scenario) : source.scenario;
  }

  load(): Scenario | undefined {
    const { problems } = this;
    const variables = this.#variables();
    const name = this.#templateName(variables);
    const path = join(this.#folder, name);
    const text = this.files.read(path)?.toString("utf8");
    if (text === undefined) throw new InputError(path, ["there is no such file"]);
    const root = readYaml(text, name, problems);
    const template = root === undefined ? undefined : readTemplate(root, problems);
    const intent = readIntent(variables, problems);
    if (template === undefined) return undefined;
    const parameters = this.#parameters(template, variables);
    const archives = this.#archives(variables);
    const stack = resolveStack(template, {
      parameters,
      problems,
      file: (it, place) => archives.get(it) ?? fileText(this.files, this.#folder, it, place),
    });
    const environment = toEnvironment(stack, basename(resolve(this.#folder)), problems);
    return (
      environment && {
        environment: withPeriod(environment, intent),
        intent,
        resources: template.resources.size,
      }
    );
  }

  #variables(): Variables {
    const given =
      this.files.read(join(this.#folder, variablesFile)) === undefined
        ? []
        : [join(this.#folder, variablesFile)];
    const read = [...given, ...(this.source.overrides ?? [])].flatMap((path): Node[] => {
      const text = this.files.read(path.replace(/^~(?=\/)/, this.home))?.toString("utf8");
      const file = path === given[0] ? variablesFile : path;
      if (text === undefined) throw new InputError(path, ["there is no such file"]);
      const root = readYaml(text, file, this.problems);
      return root === undefined ? [] : [root];
    });
    const nodes = [
      defaultVariables(this.files, this.home),
      ...read,
      inlineVariables(this.source.variables ?? {}),
    ];
    return new Variables(nodes, this.problems);
  }

  /** A folder may hold several templates; its variables say which. */
  #templateName(variables: Variables): string {
    if (this.#folder !== this.source.scenario) return basename(this.source.scenario);
    const path = variables.get("stack_template_path");
    const name = typeof path === "string" ? basename(path) : templateFile;
    return this.files.read(join(this.#folder, name)) === undefined ? templateFile : name;
  }

  #parameters(template: Template, variables: Variables): Parameters {
    const given = stackParameters(variables, template);
    const placeOf = (name: string): Place =>
      variables.placeOf("stack_parameter_overrides", name) ??
      variables.placeOf("stack_parameters", name) ??
      variables.placeOf("stack_parameters") ?? { file: variablesFile, line: 1, column: 1 };
    this.#checkKey(template, variables, placeOf);
    return resolveParameters(template.parameters, given, placeOf, this.problems);
  }

  /** Hotstack asserts it, too: its scenarios would take an empty one, and nobody could log in. */
  #checkKey(template: Template, variables: Variables, placeOf: (name: string) => Place): void {
    const name = "controller_ssh_pub_key";
    const { node } = variables.entry("stack_parameters", name) ?? {};
    const isAsked = node?.kind === "scalar" && pythonText(node.value).includes(name);
    if (!template.parameters.has(name) || !isAsked) return;
    if (variables.get(name) !== undefined) return;
    this.problems.add(
      placeOf(name),
      `the variable ${name} is not defined; Hotstack takes ~/.ssh/id_rsa.pub or ~/.ssh/id_ed25519.pub`,
    );
  }

  /** What `compress_heat_files` asks for: archives that templates read beside their own files. */
  #archives(variables: Variables): Map<string, string> {
    const wanted = variables.get("compress_heat_files");
    const place = variables.placeOf("compress_heat_files");
    if (wanted === undefined || place === undefined) return new Map();
    const archives = (Array.isArray(wanted) ? wanted : []).filter(isMap).map((it) => {
      const names = (Array.isArray(it["files"]) ? it["files"] : []).map(pythonText);
      const packed = this.problems.attempt(() => this.#packed(names, place), "");
      return [`${pythonText(it["archive"] ?? "")}.tar.gz.b64`, packed] as const;
    });
    return new Map(archives);
  }

  #packed(names: readonly string[], place: Place): string {
    return packedArchive(
      names.map((name) => ({
        name,
        content: contentOf(this.files, resolve(this.#folder, name), name, place),
      })),
    );
  }
}

function withPeriod(environment: Environment, { minStablePeriodMs }: Intent): Environment {
  return minStablePeriodMs === undefined
    ? environment
    : { ...environment, minStablePeriodSeconds: minStablePeriodMs / 1000 };
}
