import type { Place, Problems } from "../problems";
import type { Node } from "../yaml/readYaml";
import type { Conditions } from "./Conditions";
import { callIn, type Call } from "./Evaluator";
import { nearestHint } from "../../common/nearest";
import { literal } from "./parameters";
import type { Resource } from "./template";

/** One resource's need of another. */
interface Edge {
  to: string;
  place: Place;
}

/**
 * The resources in an order in which each comes after those that it refers to. References to what
 * is not there, and circles, are noted; of a circle, the whole path.
 *
 * @param resources those whose condition is true
 * @param roots further nodes that refer to resources: outputs
 */
export function inOrder(
  resources: ReadonlyMap<string, Resource>,
  roots: readonly Node[],
  context: { version: number; conditions: Conditions; problems: Problems },
): Resource[] {
  const { problems } = context;
  const finder = new References(context);
  const edges = new Map(
    [...resources.values()].map((it) => {
      const own = [...it.properties.values()].flatMap(({ node }) => finder.in(node));
      return [it.name, [...own, ...it.dependsOn.map(({ name, place }) => ({ to: name, place }))]];
    }),
  );
  for (const edge of [...[...edges.values()].flat(), ...roots.flatMap((root) => finder.in(root))]) {
    if (resources.has(edge.to)) continue;
    const hint = nearestHint(edge.to, resources.keys());
    problems.add(edge.place, `there is no resource ${edge.to}${hint}`);
  }
  return sort(resources, edges, problems);
}

function sort(
  resources: ReadonlyMap<string, Resource>,
  edges: ReadonlyMap<string, readonly Edge[]>,
  problems: Problems,
): Resource[] {
  const order: Resource[] = [];
  const done = new Set<string>();
  const open: string[] = [];
  const visit = (resource: Resource): void => {
    if (done.has(resource.name)) return;
    open.push(resource.name);
    for (const { to, place } of edges.get(resource.name) ?? []) {
      const target = resources.get(to);
      const start = open.indexOf(to);
      if (start >= 0) {
        problems.add(place, `circular references: ${[...open.slice(start), to].join(" → ")}`);
      } else if (target !== undefined) {
        visit(target);
      }
    }
    open.pop();
    done.add(resource.name);
    order.push(resource);
  };
  for (const resource of resources.values()) visit(resource);
  return order;
}

/** Finds what the functions in a node refer to, in the branches that the conditions choose. */
class References {
  constructor(
    private readonly context: { version: number; conditions: Conditions; problems: Problems },
  ) {}

  in(node: Node): Edge[] {
    if (node.kind === "scalar") return [];
    if (node.kind === "list") return node.items.flatMap((item) => this.in(item));
    const call = this.context.problems.attempt(() => callIn(node, this.context.version), undefined);
    if (call === undefined) return [...node.entries.values()].flatMap((it) => this.in(it.node));
    return this.#inCall(call);
  }

  #inCall({ name, args, place }: Call): Edge[] {
    switch (name) {
      case "get_resource":
      case "get_attr": {
        const target = args.kind === "list" ? args.items[0] : args;
        const to = literal(target);
        const own = typeof to === "string" ? [{ to, place }] : [];
        return [...own, ...this.in(args)];
      }
      case "if": {
        const [condition, whenTrue, whenFalse] = args.kind === "list" ? args.items : [];
        if (condition === undefined) return [];
        const isTrue = this.context.problems.attempt(
          () => this.context.conditions.isTrue(condition),
          false,
        );
        const branch = isTrue ? whenTrue : whenFalse;
        return branch === undefined ? [] : this.in(branch);
      }
      default:
        return this.in(args);
    }
  }
}
