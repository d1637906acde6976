import type { ComponentResourceOptions } from "@pulumi/pulumi";
import { Restoration } from "../dynamic/restoration";
import { Selection } from "../dynamic/selection";
import { kubeVirtInputsOf } from "../platforms/kubevirt/inputs";
import type { RestoreConfig } from "../snapset/config";
import type { KubevirtSettings } from "../snapset/kubevirt/settings";
import { restoreMembersOf } from "../snapset/kubevirt/restoreMembers";
import { declareHooks, stackHooksOf } from "./hooks";
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
  const hooks = stackHooksOf("afterRevive", null, config);
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
  const targets = members.apply((all) =>
    Object.fromEntries(all.map(({ name: member, target }) => [member, target])),
  );
  const knows = { snapId: selection.chosen, controllerIp: null, data: { instances: {} } };
  const when = { knows, triggers: [selection.chosen, restore.trigger, targets] };
  declareHooks(name, hooks, when, { ...opts, dependsOn: restoration });
  return {
    snap_id: selection.chosen,
    captured_at: selection.capturedAt,
    virtual_machines: targets,
    timings: restoration.phases,
  };
}
