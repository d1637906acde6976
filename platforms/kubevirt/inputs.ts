import type { AcceptPartial } from "../../snapset/kubevirt/disks";
import type { KubevirtSettings } from "../../snapset/kubevirt/settings";
import { bastionInputsOf, type BastionInputs } from "../cluster/inputs";

/** Into which machine a member is restored, if not into its own. */
export interface TargetInputs {
  name: string | null;
  /** By interface. */
  macAddresses: Record<string, string>;
}

/** Where virtual machines are, as a resource's input. Durations in milliseconds. */
export interface KubeVirtInputs {
  /** Path of a kubeconfig; null when the stack's configuration holds it, or the bastion. */
  kubeconfig: string | null;
  remoteKubeconfig: string | null;
  bastion: BastionInputs | null;
  addresses: string[];
  namespace: string;
  /** Null: by selector. */
  names: string[] | null;
  /** Null: by name, or all of the set. */
  selector: string | null;
  acceptPartial: AcceptPartial;
  description: string;
  failureDeadline: number;
  unfreezeTimeout: number;
  /** By member. */
  targets: Record<string, TargetInputs>;
  volumeRestorePolicy: string | null;
  start: boolean;
}

/** The settings without their secrets: these stay in the configuration, where providers read them. */
export function kubeVirtInputsOf(settings: KubevirtSettings): KubeVirtInputs {
  const { kubeconfig, remoteKubeconfig, bastion, names, selector } = settings;
  return {
    kubeconfig: kubeconfig ?? null,
    remoteKubeconfig: remoteKubeconfig ?? null,
    bastion: bastionInputsOf(bastion),
    addresses: settings.addresses,
    namespace: settings.namespace,
    names: names ?? null,
    selector: selector ?? null,
    acceptPartial: settings.acceptPartial,
    description: settings.description,
    failureDeadline: settings.failureDeadline,
    unfreezeTimeout: settings.unfreezeTimeout,
    targets: Object.fromEntries(
      Object.entries(settings.targets).map(([member, { name, macAddresses }]) => [
        member,
        { name: name ?? null, macAddresses },
      ]),
    ),
    volumeRestorePolicy: settings.volumeRestorePolicy ?? null,
    start: settings.start,
  };
}
