import { InputError } from "../../../common/errors";
import { isAsRestored, isWhole } from "../../../snapset/ironic/deployPlan";
import { restoreProblems, type RestoreTarget } from "../../../snapset/ironic/restorePreflight";
import type { RestoreMember, RestoreOrder } from "../../../snapset/restoreOrder";
import type { Context } from "../../context";
import { glanceStore } from "../../glance/store";
import { findNode, observeNodesWithPorts } from "../observe";

/** A member, and the node that it was found to be meant for. */
export interface Target extends RestoreTarget {
  /** The node's. */
  uuid: string;
}

/** What a restore would do. */
export interface RestorePreflight {
  targets: Target[];
  /** Of these, the members that are not as they should be. */
  changed: string[];
  /** Of these, the ones whose machines run. */
  running: string[];
}

/**
 * Finds nodes and images of a restore, and everything that is known to fail. The MACs are those that
 * the set's manifest names. It changes nothing.
 *
 * @throws {InputError} with all the problems
 */
export async function preflightRestore(
  order: RestoreOrder,
  context: Context,
): Promise<RestorePreflight> {
  const [nodes, manifest] = await Promise.all([
    observeNodesWithPorts(context),
    glanceStore(context).readManifest(order.snapId),
  ]);
  const found = order.members.map((member) => {
    const captured = manifest?.members.find(({ name }) => name === member.name);
    return {
      member: member.name,
      ident: member.target,
      imageId: member.imageId,
      macAddresses: captured?.macAddresses ?? [],
      minDiskGb: captured?.minDiskGb ?? 0,
      node: findNode(nodes, member.target),
    };
  });
  const changed = found.filter((it) => !isWhole(it, order) && !isAsRestored(it, order));
  const running = changed
    .filter(({ node }) => node?.provisionState === "active" && node.powerState !== "power off")
    .map(({ member }) => member);
  const { cloud, projectId } = context.cloud;
  const problems = [
    ...imageProblems(order.members),
    ...restoreProblems(found, order, { cloud, projectId }),
    ...readinessProblems(order, running),
  ];
  if (problems.length > 0) throw new InputError("restore of bare metal", problems);
  return {
    targets: found.flatMap((it) => (it.node === undefined ? [] : [{ ...it, uuid: it.node.uuid }])),
    changed: changed.map(({ member }) => member),
    running,
  };
}

function imageProblems(members: readonly RestoreMember[]): string[] {
  return members.flatMap(({ name, imageId }) =>
    imageId === "" ? [`${name}: the set has no image of it`] : [],
  );
}

function readinessProblems({ readiness }: RestoreOrder, running: readonly string[]): string[] {
  if (readiness.policy !== "FailImmediate" || running.length === 0) return [];
  return [
    `${running.join(", ")} must be powered off, as snapset:restore.targetReadiness is FailImmediate: ` +
      "power them off, or let StopTarget do it",
  ];
}
