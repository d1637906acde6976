import type { Environment, EnvironmentNode } from "../environment/environment";

/** What a cloud knows of an environment. */
const known = ["networks", "routers", "securityGroups", "serverGroups", "nodes", "ports"] as const;
/** … and of a node. */
const knownOfNode = [
  "flavor",
  "configDrive",
  "keyPair",
  "serverGroup",
  "metadata",
  "ports",
] as const;

/**
 * The environment as it was found, with what was declared of it and a cloud does not know: outputs,
 * hooks, how long it has to be stable; of nodes their users, images, user data and volumes, and
 * the availability zone that was asked for.
 */
export function mergeDeclared(found: Environment, declared: Environment | null): Environment {
  if (declared === null) return found;
  const byName = new Map(declared.nodes.map((node) => [node.name, node]));
  return {
    ...without(declared, known),
    ...found,
    nodes: found.nodes.map((node) => mergeNode(node, byName.get(node.name))),
  };
}

function mergeNode(found: EnvironmentNode, declared: EnvironmentNode | undefined): EnvironmentNode {
  if (declared === undefined) return found;
  // Where a server happens to be is not where it has to be.
  return { ...without(found, ["availabilityZone"]), ...without(declared, knownOfNode) };
}

/** What was declared and is not there, as sentences: it is not in the set. */
export function goneOfDeclared(found: Environment, declared: Environment | null): string[] {
  if (declared === null) return [];
  return (["networks", "routers", "nodes"] as const).flatMap((kind) => {
    const names = new Set(found[kind].map(({ name }) => name));
    return declared[kind]
      .filter(({ name }) => !names.has(name))
      .map(
        ({ name }) =>
          `${kind.slice(0, -1)} ${name} was declared and is not found: the set is without it`,
      );
  });
}

function without<T extends object, K extends keyof T>(from: T, keys: readonly K[]): Omit<T, K> {
  const rest = { ...from };
  for (const key of keys) Reflect.deleteProperty(rest, key);
  return rest;
}
