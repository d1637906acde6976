import type { WantedNode } from "../environment/wantedNode";
import { flavorProblems, type FlavorView } from "../flavors";
import type { CloudView, ImageView } from "./cloudView";
import { chooseFloatingIps } from "./floatingIps";
import type { Lookup } from "./lookups";
import { ambiguous, missing, type Kind } from "./missing";
import type { Needs } from "./needs";
import { findNetworks } from "./networks";
import type { Places } from "./places";
import { placementQuotaProblems } from "./quotas";

/** What the environment meets in the cloud. */
export interface Placing {
  places: Places;
  /** Why it cannot be made there, one sentence each. */
  problems: string[];
  /** What will not be as it says, one sentence each. */
  warnings: string[];
}

/** A node, and the base image that it boots from; undefined when it boots from a set's. */
export type PlacedNode = WantedNode & { image?: string | undefined };

/** The nodes that were not just so before. */
export function newNodes(
  nodes: readonly PlacedNode[],
  before: readonly PlacedNode[],
): PlacedNode[] {
  const known = new Set(before.map((node) => JSON.stringify(node)));
  return nodes.filter((node) => !known.has(JSON.stringify(node)));
}

/**
 * Finds in the cloud what an environment needs, and all that is known to fail before it is begun.
 *
 * @param needs what is still to be found
 * @param nodes whose flavors are looked at
 */
export function place(needs: Needs, nodes: readonly PlacedNode[], view: CloudView): Placing {
  const networks = findNetworks(needs, view);
  const floatingIps = chooseFloatingIps(needs.floatingIps, networks.found, view);
  const images = findImages(needs.images, view.images);
  const groups = findGroups(needs.securityGroups, view);
  return {
    places: {
      images: Object.fromEntries([...images.found].map(([name, { id }]) => [name, id])),
      networks: networks.found,
      securityGroups: groups.found,
      floatingIps: floatingIps.choices,
    },
    problems: [
      ...networks.problems,
      ...floatingIps.problems,
      ...images.problems,
      ...nodeFlavorProblems(nodes, images.found, view.flavors),
      ...namesMissing(needs.availabilityZones.map(zoneOnly), view.availabilityZones, zones),
      ...namesMissing(needs.volumeTypes, view.volumeTypes, volumeTypes),
      ...namesMissing(needs.keyPairs, view.keyPairs, keyPairs),
      ...groups.problems,
      ...quotaProblems(needs, nodes, view, floatingIps.choices),
    ],
    warnings: [...networks.warnings, ...floatingIps.warnings],
  };
}

const zones: Kind = { noun: "availability zone", mapKey: "availabilityZones" };
const volumeTypes: Kind = { noun: "volume type", mapKey: "volumeTypes" };
const keyPairs: Kind = { noun: "key pair", mapKey: "keyPairs" };
const flavors: Kind = { noun: "flavor", mapKey: "flavors" };

function namesMissing(
  needs: readonly Lookup[],
  known: readonly string[] | undefined,
  kind: Kind,
): string[] {
  if (known === undefined) return [];
  return needs.filter(({ name }) => !known.includes(name)).map((it) => missing(it, kind, known));
}

/** `nova:host-1`: an administrator may name a host of the zone. */
function zoneOnly(need: Lookup): Lookup {
  return { ...need, name: need.name.split(":")[0] ?? need.name };
}

/** The newest active image of each name. */
function findImages(needs: readonly Lookup[], images: readonly ImageView[]) {
  const newestFirst = images
    .filter(({ status }) => status === "active")
    .toSorted((a, b) => Date.parse(b.created_at) - Date.parse(a.created_at));
  const found = new Map<string, ImageView>();
  const problems: string[] = [];
  for (const need of needs) {
    const image = newestFirst.find(({ name }) => name === need.name);
    if (image !== undefined) found.set(need.name, image);
    else problems.push(imageProblem(need, images));
  }
  return { found, problems };
}

function imageProblem(need: Lookup, images: readonly ImageView[]): string {
  const unfinished = images.find(({ name }) => name === need.name);
  if (unfinished !== undefined) {
    return `${need.by.join(", ")}: image ${need.name} (${unfinished.id}) is ${unfinished.status}, not active`;
  }
  const names = images.filter(({ status }) => status === "active").map(({ name }) => name);
  return missing(need, { noun: "image", mapKey: "images" }, names);
}

function findGroups(needs: readonly Lookup[], { securityGroups, projectId }: CloudView) {
  const own = securityGroups.filter((it) => it.project_id === projectId);
  const found: Record<string, string> = {};
  const problems: string[] = [];
  for (const need of needs) {
    const named = (it: { name: string }) => it.name === need.name;
    // An administrator sees those of all projects, and another project may share its own.
    const groups = own.some(named) ? own.filter(named) : securityGroups.filter(named);
    const [group] = groups;
    if (group === undefined) {
      const kind = { noun: "security group", mapKey: "securityGroups" } as const;
      problems.push(
        missing(
          need,
          kind,
          own.map(({ name }) => name),
        ),
      );
    } else if (groups.length > 1) {
      problems.push(ambiguous(need, "security groups", groups));
    } else found[need.name] = group.id;
  }
  return { found, problems };
}

/** Flavors that are missing, once each; then those whose disk is too small for a base image. */
function nodeFlavorProblems(
  nodes: readonly PlacedNode[],
  images: ReadonlyMap<string, ImageView>,
  known: readonly FlavorView[],
): string[] {
  const names = known.map(({ name }) => name);
  const lookups = [...new Set(nodes.map(({ flavor }) => flavor))].map((name) => ({
    name,
    by: nodes.filter(({ flavor }) => flavor === name).map((node) => `node ${node.name}`),
  }));
  return [
    ...namesMissing(lookups, names, flavors),
    ...nodes.flatMap((node) =>
      flavorProblems(node, images.get(node.image ?? "")?.min_disk ?? 0, known),
    ),
  ];
}

function quotaProblems(
  needs: Needs,
  nodes: readonly PlacedNode[],
  view: CloudView,
  choices: Places["floatingIps"],
): string[] {
  if (view.quotas === undefined) return [];
  const ofNodes = nodes.flatMap(
    ({ flavor }) => view.flavors.find(({ name }) => name === flavor) ?? [],
  );
  const reused = Object.values(choices).filter((choice) => choice === "reuse").length;
  return placementQuotaProblems(needs, ofNodes, reused, view.quotas);
}
