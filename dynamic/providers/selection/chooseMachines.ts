import type { Site } from "../../../platforms/platform";
import { noPlaces } from "../../../snapset/placement/places";
import { selectSet } from "../../../snapset/selection";
import { expiryWarnings, toOutputs, type Choice } from "./choose";
import type { SelectionInputs } from "./types";

/**
 * Chooses a set of virtual machines. They bring all that they need along, so nothing is looked up.
 *
 * @param owner whose sets are ours
 * @throws {InputError} saying why the set, or each of the newest, is refused
 */
export async function chooseMachines(
  inputs: SelectionInputs,
  owner: string,
  site: Site,
): Promise<Choice> {
  const wanted = inputs.snapId ?? "latest";
  const sets = await site.store.listSets(wanted === "latest" ? undefined : wanted);
  const set = selectSet(sets, {
    snapId: wanted,
    projectId: owner,
    now: site.now(),
    allowExpired: inputs.allowExpired ?? false,
    nodes: [],
  });
  return {
    outs: { ...toOutputs(inputs, set), places: noPlaces },
    warnings: expiryWarnings(set, site.now()),
  };
}
