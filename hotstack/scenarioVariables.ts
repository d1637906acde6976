import { join } from "node:path";
import type { FileSystem } from "./files";
import type { Place } from "./problems";
import type { Value } from "./values";
import type { Entry, Node } from "./yaml/readYaml";

/** Variables that Hotstack finds for itself, and the files that it takes them from. */
const keyFiles: readonly (readonly [string, readonly string[]])[] = [
  ["controller_ssh_pub_key", ["id_rsa.pub", "id_ed25519.pub"]],
  ["dataplane_ssh_public_key", ["dataplane-ansible-ssh-key.pub"]],
];

/**
 * The SSH keys that Hotstack's inventory and its role dataplane_ssh_keys take from the home directory.
 */
export function defaultVariables(files: FileSystem, home: string): Node {
  const found = keyFiles.flatMap(([name, candidates]) => {
    const [path, content] =
      candidates
        .map((file) => join(home, ".ssh", file))
        .map((file) => [file, files.read(file)] as const)
        .find(([, text]) => text !== undefined) ?? [];
    if (path === undefined || content === undefined) return [];
    const place = { file: path, line: 1, column: 1 };
    return [[name, entryOf(content.toString("utf8").trim(), place)] as const];
  });
  const place = { file: "~/.ssh", line: 1, column: 1 };
  return { kind: "map", entries: new Map(found), place };
}

/** Variables that the configuration gives, as if they stood in a file. */
export function inlineVariables(variables: Readonly<Record<string, unknown>>): Node {
  return nodeOf(variables as Value, { file: "snapset:environment.variables", line: 1, column: 1 });
}

function entryOf(value: Value, place: Place): Entry {
  return { place, node: nodeOf(value, place) };
}

function nodeOf(value: Value, place: Place): Node {
  if (Array.isArray(value)) {
    return { kind: "list", items: value.map((item) => nodeOf(item, place)), place };
  }
  if (typeof value !== "object" || value === null) return { kind: "scalar", value, place };
  const entries = Object.entries(value as Record<string, Value>).map(
    ([key, item]) => [key, entryOf(item, place)] as const,
  );
  return { kind: "map", entries: new Map(entries), place };
}
