import { InputError } from "../../../common/errors";
import { newNeeds, type Needs } from "../../../snapset/placement/needs";
import { newNodes, place, type PlacedNode } from "../../../snapset/placement/place";
import type { Context } from "../../../platforms/context";
import { preflight } from "./choose";
import { surveyCloud } from "./survey";

/** What an environment asks of a cloud, whether or not it is there already. */
interface Asked {
  nodes: PlacedNode[] | null;
  needs: Needs;
}

/**
 * Finds what is known to fail of what was added to an environment that is there already.
 *
 * @throws {InputError} with all of it
 */
export async function judgeAdded(
  before: Asked,
  after: Asked,
  { cloud }: Pick<Context, "cloud">,
): Promise<void> {
  const needs = newNeeds(after.needs, before.needs);
  const nodes = newNodes(after.nodes ?? [], before.nodes ?? []);
  const view = await surveyCloud(needs, await cloud.compute.listFlavors(), false, cloud);
  const { problems } = place(needs, nodes, view);
  if (problems.length > 0) throw new InputError(preflight, problems);
}
