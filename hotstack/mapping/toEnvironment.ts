import { environmentSchema, type Environment } from "../../snapset/environment/environment";
import { findConflicts } from "../../snapset/environment/conflicts";
import { problemsOf } from "../../snapset/problems";
import type { Place, Problems } from "../problems";
import type { Stack } from "../hot/stack";
import { securityGroupsOf, serverGroupsOf } from "./groups";
import { networksOf } from "./networks";
import { nodesOf } from "./nodes";
import { Resources } from "./Resources";
import { readServerFacts } from "./serverFacts";
import { outputsOf } from "./outputs";
import { portsBesideNodes } from "./ports";
import { routersOf } from "./routers";

/** Something of an environment and the resource that it is made of. */
export interface Mapped<T> {
  resource: string;
  place: Place;
  data: T;
}

/**
 * An environment of a stack's resources.
 *
 * @param name the environment's
 * @returns undefined when something is wrong; `problems` says what, and at which line
 */
export function toEnvironment(
  stack: Stack,
  name: string,
  problems: Problems,
): Environment | undefined {
  const resources = new Resources(stack.resources, problems);
  const networks = networksOf(resources);
  const routers = routersOf(resources);
  const securityGroups = securityGroupsOf(resources);
  const serverGroups = serverGroupsOf(resources);
  const facts = readServerFacts(stack, problems);
  const nodes = nodesOf(resources, facts);
  const ports = portsBesideNodes(resources);
  resources.refuseUnused();
  if (!problems.isEmpty) return undefined;
  const origins = new Map([
    ...originsOf("networks", networks),
    ...originsOf("routers", routers),
    ...originsOf("securityGroups", securityGroups),
    ...originsOf("serverGroups", serverGroups),
    ...originsOf("nodes", nodes),
    ...originsOf("ports", ports),
  ]);
  const parsed = environmentSchema.safeParse({
    name,
    networks: networks.map(({ data }) => data),
    routers: routers.map(({ data }) => data),
    ...(securityGroups.length === 0
      ? {}
      : { securityGroups: securityGroups.map(({ data }) => data) }),
    ...(serverGroups.length === 0 ? {} : { serverGroups: serverGroups.map(({ data }) => data) }),
    nodes: nodes.map(({ data }) => data),
    ...(ports.length === 0 ? {} : { ports: ports.map(({ data }) => data) }),
    ...(stack.outputs.size === 0 ? {} : { outputs: outputsOf(stack, facts) }),
  });
  const found = parsed.success ? findConflicts(parsed.data) : problemsOf(parsed.error);
  for (const problem of found) report(problem, origins, problems);
  return parsed.success && found.length === 0 ? parsed.data : undefined;
}

interface Origin {
  resource: string;
  place: Place;
}

function originsOf(key: string, mapped: readonly Mapped<object>[]): [string, Origin][] {
  return mapped.map((it, i) => [`${key}[${i}]`, it]);
}

/** `nodes[1].flavor: …` → `resources.master0: flavor: …` at the resource's line. */
function report(problem: string, origins: ReadonlyMap<string, Origin>, problems: Problems): void {
  const [first = ""] = /^\w+\[\d+\]/.exec(problem) ?? [];
  const origin = origins.get(first);
  const named = problem.replace(
    /\b(?:networks|routers|securityGroups|serverGroups|nodes|ports)\[\d+\]/g,
    (key) => origins.get(key)?.resource ?? key,
  );
  const place = origin?.place ?? [...origins.values()][0]?.place;
  problems.add(place ?? { file: "", line: 1, column: 1 }, `resources.${named}`);
}
