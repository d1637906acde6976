import type { ComponentResourceOptions } from "@pulumi/pulumi";
import { Restoration } from "../dynamic/restoration";
import { Selection } from "../dynamic/selection";
import { kubeVirtInputsOf } from "../platforms/kubevirt/inputs";
import type { RestoreConfig } from "../snapset/config";
import type { KubevirtSettings } from "../snapset/kubevirt/settings";
import { restoreMembersOf } from "../snapset/kubevirt/restoreMembers";
import { withPlainErrors } from "./plainErrors";

/**
 * Virtual machines in OpenShift, back at a set: in place, or as new ones.
 *
 * @param name of the stack
 */
export function restoreMachines(
  name: string,
  config: RestoreConfig,
  settings: KubevirtSettings,
  opts: Pick<ComponentResourceOptions, "parent"> = {},
) {
  const kubevirt = kubeVirtInputsOf(settings);
  const { snapId, allowExpired, restore } = config;
  const wanted = { snapId, allowExpired, nodes: null, needs: null, placement: null };
  const selection = new Selection(name, { ...wanted, kubevirt }, opts);
  const members = selection.members.apply(
    withPlainErrors((found) => restoreMembersOf(found, settings)),
  );
  const restoration = new Restoration(
    name,
    {
      platform: "kubevirt",
      kubevirt,
      snapId: selection.chosen,
      trigger: restore.trigger,
      members,
      readiness: { policy: restore.targetReadiness, gracePeriod: restore.gracePeriod },
      deadline: restore.deadline,
    },
    opts,
  );
  return {
    snap_id: selection.chosen,
    captured_at: selection.capturedAt,
    virtual_machines: members.apply((all) =>
      Object.fromEntries(all.map(({ name: member, target }) => [member, target])),
    ),
    timings: restoration.phases,
  };
}
