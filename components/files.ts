import { readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { LineCounter, parseDocument } from "yaml";
import { InputError, messageOf } from "../common/errors";
import type { Environment } from "../snapset/environment";
import { parseEnvironment } from "../snapset/parseEnvironment";
import { parseSnapsetData, type Instance } from "../snapset/snapsetData";

/**
 * Reads an environment. Files that it names for user data are read too, relative to its own place,
 * so that what is returned is complete.
 *
 * @throws {InputError} with every problem at once
 */
export function loadEnvironment(path: string): Environment {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) {
    throw new InputError(path, ["is a folder; name the YAML file of an environment"]);
  }
  const environment = parseEnvironment(readYaml(path), path);
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
    ? parseSnapsetData(readYaml(instances), instances)
    : parseSnapsetData(instances, "snapset:instances");
}

/** @throws {InputError} with line and column of each problem */
function readYaml(path: string): unknown {
  const lineCounter = new LineCounter();
  const document = parseDocument(readText(path, path), { lineCounter, prettyErrors: false });
  if (document.errors.length > 0) {
    throw new InputError(
      path,
      document.errors.map(({ pos, message }) => {
        const { line, col } = lineCounter.linePos(pos[0]);
        return `line ${line}, column ${col}: ${message}`;
      }),
    );
  }
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw new InputError(path, [messageOf(error)]);
  }
}

function readText(path: string, subject: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new InputError(subject, [messageOf(error)]);
  }
}
