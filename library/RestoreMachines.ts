import { ComponentResource, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import { InputError } from "../common/errors";
import { withPlainErrors } from "../modes/plainErrors";
import { restoreMachines } from "../modes/restoreMachines";
import { parseConfig } from "../snapset/config";
import type { KubevirtSettingsInput } from "../snapset/kubevirt/settings";
import type { PhaseRecord } from "../snapset/manifest";
import { configOf } from "./settings";

/** Which virtual machines are restored, and how. */
export interface RestoreMachinesArgs {
  /** A snap_id, or `latest`, which is chosen once and kept. */
  snapId: string;
  /** Where they are. Its secrets are read from the configuration, `snapset:kubevirt`. */
  kubevirt: KubevirtSettingsInput;
  /** `snapset:restore`: another `trigger` restores again. Durations are written `90s`, `5m`. */
  restore?: {
    trigger?: string;
    targetReadiness?: string;
    gracePeriod?: string;
    deadline?: string;
  };
}

/**
 * Virtual machines in OpenShift, back at a set: what mode `restore` of the program does with
 * `snapset:kubevirt`, as a component.
 *
 * @throws {RunError} with every problem of its arguments at once, by key
 * @example
 * new RestoreMachines("parks", { snapId: "latest", kubevirt: { kubeconfig: "kubeconfig", namespace: "parks" } });
 */
export class RestoreMachines extends ComponentResource {
  readonly snapId: Output<string>;
  /** The machine that each member went to, by member. */
  readonly virtualMachines: Output<Record<string, string>>;
  readonly timings: Output<PhaseRecord[]>;

  constructor(name: string, args: RestoreMachinesArgs, opts?: ComponentResourceOptions) {
    super("snapset:index:RestoreMachines", name, {}, opts);
    const restored = withPlainErrors(() => declare(name, args, this))();
    this.snapId = restored.snap_id;
    this.virtualMachines = restored.virtual_machines;
    this.timings = restored.timings;
    this.registerOutputs({ snapId: this.snapId });
  }
}

function declare(name: string, args: RestoreMachinesArgs, parent: ComponentResource) {
  const config = parseConfig(configOf({ mode: "restore", ...args }));
  if (config.mode !== "restore" || config.kubevirt === undefined) {
    throw new InputError("RestoreMachines", ["kubevirt: is missing"]);
  }
  return restoreMachines(name, config, config.kubevirt, { parent });
}
