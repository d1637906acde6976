import { InputError } from "../../../common/errors";
import { wantedNodesOf } from "../../../snapset/environment/wantedNode";
import { fitWarnings } from "../../../snapset/fitWarnings";
import type { FlavorView } from "../../../snapset/flavors";
import { schemaVersion } from "../../../snapset/identity";
import {
  needsOf,
  newNeeds,
  noNeeds,
  withoutAddresses,
  type Needs,
} from "../../../snapset/placement/needs";
import { newNodes, place, type PlacedNode, type Placing } from "../../../snapset/placement/place";
import { asItIs } from "../../../snapset/placement/placement";
import { placementWarnings } from "../../../snapset/placement/placementWarnings";
import { keepPlaces, noPlaces } from "../../../snapset/placement/places";
import { expiryOf, ownEnvironment, placedEnvironment, selectSet } from "../../../snapset/selection";
import type { SnapsetRecord } from "../../../snapset/sets";
import type { Context } from "../../../platforms/context";
import { candidates } from "../../../platforms/glance/candidates";
import { findMachines } from "../../../platforms/ironic/restore/findMachines";
import { surveyCloud } from "./survey";
import type { SelectionInputs, SelectionOutputs } from "./types";

/** The subject of what an environment is refused for; a set is refused by the key that named it. */
export const preflight = "preflight";

/** A choice, and what has to be said of it. */
export interface Choice {
  outs: SelectionOutputs;
  warnings: string[];
}

/**
 * Chooses the set, and finds in the cloud what the environment needs.
 *
 * @param before the choice that the environment stands on already: it stays, and is not judged again
 * @throws {InputError} with everything that is known to fail
 */
export async function choose(
  inputs: SelectionInputs,
  before: SelectionOutputs | null,
  context: Pick<Context, "cloud">,
): Promise<Choice> {
  const { cloud } = context;
  const [sets, flavors] = await Promise.all([
    inputs.snapId === null ? [] : candidates(inputs.snapId, context),
    cloud.compute.listFlavors(),
  ]);
  const chosen = select(sets, inputs, flavors, context);
  const set = chosen instanceof InputError ? null : chosen;
  const environment =
    set && inputs.nodes === null ? placedEnvironment(set, inputs.placement) : null;
  const nodes = inputs.nodes ?? wantedNodesOf(environment ?? { nodes: [] });
  const needs = inputs.needs ?? (environment ? needsOf(environment, "restore") : noNeeds);
  const placing = await placeNew({ ...inputs, nodes, needs, set }, before, flavors, context);
  if (chosen instanceof InputError && placing.problems.length === 0) throw chosen;
  if (placing.problems.length > 0) {
    const { subject, problems } =
      chosen instanceof InputError ? chosen : { subject: "", problems: [] };
    const ofSet = problems.map((problem) => `${subject}: ${problem}`);
    throw new InputError(preflight, [...ofSet, ...placing.problems]);
  }
  const places = keepPlaces(before?.places ?? noPlaces, placing.places);
  return {
    outs: { ...toOutputs(inputs, set), places, environment },
    warnings: [
      ...(set === null ? [] : setWarnings(set, inputs, nodes, flavors, cloud.now())),
      ...placing.warnings,
    ],
  };
}

/** @returns the problems instead of a set, so that those of the cloud can be told with them */
function select(
  sets: readonly SnapsetRecord[],
  { snapId, nodes, allowExpired, placement }: SelectionInputs,
  flavors: readonly FlavorView[],
  { cloud }: Pick<Context, "cloud">,
): SnapsetRecord | InputError | null {
  if (snapId === null) return null;
  try {
    return selectSet(sets, {
      snapId,
      projectId: cloud.projectId,
      now: cloud.now(),
      allowExpired: allowExpired ?? false,
      nodes: nodes ?? undefined,
      placement: placement ?? undefined,
      flavors,
    });
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
}

/** Finds what was not found before. What is there already is in nobody's way, nor counted twice. */
async function placeNew(
  { snapId, nodes, needs, set }: Wanted,
  before: SelectionOutputs | null,
  flavors: readonly FlavorView[],
  { cloud }: Pick<Context, "cloud">,
): Promise<Placing> {
  const wanted = before === null ? needs : unmet(needs, before);
  // A set's servers are made anew with their flavors whenever the choice changes.
  const judged = snapId === null ? newNodes(nodes, before?.nodes ?? []) : nodes;
  const view = await surveyCloud(wanted, flavors, before === null, cloud);
  const placing = place(wanted, judged, view);
  if (needs.machines === undefined || (snapId !== null && set === null)) return placing;
  // Machines are written anew whenever the choice changes.
  const { machines, problems } = await findMachines(needs.machines, set ?? undefined, { cloud });
  return {
    ...placing,
    places: { ...placing.places, machines },
    problems: [...placing.problems, ...problems],
  };
}

/** What is to be found. */
interface Wanted {
  snapId: string | null;
  nodes: PlacedNode[];
  needs: Needs;
  /** The chosen set; null when there is none, or it was refused. */
  set: SnapsetRecord | null;
}

/** An earlier version kept no places: names are looked up, addresses are the environment's own. */
function unmet(needs: Needs, { environment, places, needs: given }: SelectionOutputs): Needs {
  const old = given ?? (environment && needsOf(environment, "restore"));
  if (places === undefined || old === null) return withoutAddresses(needs);
  return newNeeds(needs, old);
}

function setWarnings(
  set: SnapsetRecord,
  { nodes, placement }: SelectionInputs,
  wanted: readonly PlacedNode[],
  flavors: readonly FlavorView[],
  now: Date,
): string[] {
  const own = nodes === null ? ownEnvironment(set) : null;
  const hasCluster = set.manifest?.cluster != null;
  return [
    ...expiryWarnings(set, now),
    ...fitWarnings(set, wanted, flavors),
    ...(own === null ? [] : placementWarnings(own, placement ?? asItIs, hasCluster)),
  ];
}

export function expiryWarnings(set: SnapsetRecord, now: Date): string[] {
  const expiredAt = expiryOf(set, now);
  if (expiredAt === undefined) return [];
  return [
    `set ${set.snapId} is expired: its cluster's certificates ended at ${expiredAt}. The revive has them renewed, ` +
      "which needs kubelets whose bootstrap credential is still valid",
  ];
}

export function toOutputs(inputs: SelectionInputs, set: SnapsetRecord | null): SelectionOutputs {
  const members = set?.manifest?.members ?? [];
  return {
    ...inputs,
    schemaVersion,
    chosen: set?.snapId ?? null,
    images: Object.fromEntries((set?.members ?? []).map((it) => [it.name, it.imageId])),
    volumes: Object.fromEntries(members.map((member) => [member.name, member.volumes])),
    notAfter: set?.manifest?.notAfter ?? null,
    capturedAt: set?.manifest?.capturedAt ?? null,
    environment: null,
    cluster: set?.manifest?.cluster ?? null,
    members,
  };
}
