import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { messageOf } from "../common/errors";
import { Fault, type Place } from "./problems";

/** Where a scenario's files come from; paths are absolute or relative to the working directory. */
export interface FileSystem {
  /** Undefined when there is no such file. */
  read: (path: string) => Buffer | undefined;
}

export const disk: FileSystem = {
  read: (path) => {
    const isFile = statSync(path, { throwIfNoEntry: false })?.isFile() === true;
    return isFile ? readFileSync(path) : undefined;
  },
};

/**
 * The text of a file that a template names, relative to the template's own folder. What is not UTF-8
 * comes in base64, as Heat's client sends it.
 *
 * @throws {Fault} when it cannot be read
 */
export function fileText(files: FileSystem, folder: string, path: string, place: Place): string {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(path)) {
    throw new Fault(place, `get_file: ${path}: only files beside the template can be read`);
  }
  const content = contentOf(files, resolve(folder, path), path, place);
  const text = content.toString("utf8");
  return Buffer.from(text, "utf8").equals(content) ? text : content.toString("base64");
}

/** @throws {Fault} when there is no such file */
export function contentOf(files: FileSystem, full: string, path: string, place: Place): Buffer {
  const content = attempt(() => files.read(full), path, place);
  if (content === undefined) throw new Fault(place, `${path}: there is no such file`);
  return content;
}

function attempt<T>(work: () => T, path: string, place: Place): T {
  try {
    return work();
  } catch (error) {
    throw new Fault(place, `${path}: ${messageOf(error)}`);
  }
}
