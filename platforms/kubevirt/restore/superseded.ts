import { allEnded } from "../../../common/allEnded";
import { isOurRestore, judgeRestore } from "../../../snapset/kubevirt/restorePlan";
import type { KubeVirtContext } from "../context";
import type { Targets } from "./targets";

/**
 * Deletes the restores of ours that a newer one has replaced: a set that is chosen again later is
 * restored again, by a restore of the same name.
 */
export async function deleteSuperseded(
  { all, restores }: Targets,
  { kubevirt }: KubeVirtContext,
): Promise<void> {
  const current = new Map(all.map(({ plan, restoreName }) => [plan.target, restoreName]));
  const old = restores.filter((restore) => {
    const newer = current.get(restore.spec.target.name);
    const isOther = newer !== undefined && newer !== restore.metadata.name;
    return isOther && isOurRestore(restore) && judgeRestore(restore).state === "complete";
  });
  await allEnded(old.map(({ metadata }) => kubevirt.deleteRestore(metadata)));
}
