import type { CaptureInputs, CaptureOutputs } from "../../platforms/capture/types";
import { call } from "../../dynamic/providers/index";
import type { ResetInputs, ResetOutputs } from "../../platforms/nova/reset/types";
import type { RestorationInputs, RestorationOutputs } from "../../dynamic/providers/restoration";
import type { RevivalInputs, RevivalOutputs } from "../../dynamic/providers/revival";
import type { SelectionInputs, SelectionOutputs } from "../../dynamic/providers/selection";

/** Which cloud the providers work on, as a user's environment says it. */
export interface CloudEnv {
  OS_CLOUD: string;
  OS_CLIENT_CONFIG_FILE?: string | undefined;
}

/** The dynamic providers, called as the engine calls them, in this process. */
export class Providers {
  /** @param config values of the stack's configuration beside the cloud's name */
  constructor(
    private readonly env: CloudEnv,
    private readonly config: Readonly<Record<string, string>> = {},
  ) {}

  capture(inputs: CaptureInputs): Promise<CaptureOutputs> {
    return this.outs<CaptureOutputs>("SnapSet", "create", inputs);
  }

  /** What the engine does with an unfinished capture at the next `up`. */
  resume(kept: CaptureOutputs, inputs: CaptureInputs): Promise<CaptureOutputs> {
    return this.outs<CaptureOutputs>("SnapSet", "update", inputs.snapId, kept, inputs);
  }

  /** What `pulumi destroy` asks for. */
  async remove(kept: CaptureOutputs): Promise<void> {
    await this.ask("SnapSet", "delete", kept.snapId, kept);
  }

  /** What `pulumi destroy` asks for of a set that the engine has never heard of. */
  async forget(
    snapId: string,
    deletionPolicy: "Delete" | "Retain",
    kubevirt: CaptureInputs["kubevirt"] = null,
  ): Promise<void> {
    const kept = { snapId, deletionPolicy, kubevirt, selfUrn: "urn:test" };
    await this.ask("SnapId", "delete", snapId, kept);
  }

  /** What a first `up` of a restore does when its servers are there. */
  revive(inputs: RevivalInputs): Promise<RevivalOutputs> {
    return this.outs<RevivalOutputs>("Revival", "create", inputs);
  }

  /** What a first `up` of an environment that is put back in place does. */
  reset(inputs: ResetInputs): Promise<ResetOutputs> {
    return this.outs<ResetOutputs>("Reset", "create", inputs);
  }

  /** What an `up` does after the set or the trigger has changed, or a reset has stopped half-way. */
  resetAgain(kept: ResetOutputs, inputs: ResetInputs): Promise<ResetOutputs> {
    return this.outs<ResetOutputs>("Reset", "update", "reset", kept, inputs);
  }

  /** What an `up` and a preview ask before anything else. */
  checkReset(olds: Partial<ResetInputs>, news: ResetInputs) {
    return this.ask("Reset", "check", olds, news) as Promise<{ failures: { reason: string }[] }>;
  }

  /** What `pulumi refresh` asks for. */
  async readReset(kept: ResetOutputs): Promise<ResetOutputs> {
    return ((await this.ask("Reset", "read", "reset", kept)) as { props: ResetOutputs }).props;
  }

  /** Whether the engine would call a resource's update. */
  async hasChanges(kind: "Reset" | "Restoration", kept: object, inputs: object): Promise<boolean> {
    const diff = (await this.ask(kind, "diff", "id", kept, inputs)) as { changes: boolean };
    return diff.changes;
  }

  /** What a first `up` does with members on machines that the engine has not made. */
  restore(inputs: RestorationInputs): Promise<RestorationOutputs> {
    return this.outs<RestorationOutputs>("Restoration", "create", inputs);
  }

  /** What an `up` does after the set or the trigger has changed, or a restore has stopped half-way. */
  restoreAgain(kept: RestorationOutputs, inputs: RestorationInputs): Promise<RestorationOutputs> {
    return this.outs<RestorationOutputs>("Restoration", "update", "restoration", kept, inputs);
  }

  /** What `pulumi destroy` asks for. */
  async release(kept: RestorationOutputs): Promise<void> {
    await this.ask("Restoration", "delete", "restoration", kept);
  }

  /** What an `up` and a preview ask before anything else. */
  checkRestore(olds: Partial<RestorationInputs>, news: RestorationInputs) {
    return this.ask("Restoration", "check", olds, news) as Promise<{
      failures: { reason: string }[];
    }>;
  }

  select(
    snapId: string,
    nodes: SelectionInputs["nodes"] = null,
    allowExpired = false,
  ): Promise<SelectionOutputs> {
    return this.choose({ snapId, nodes, allowExpired, selfUrn: "urn:test" });
  }

  choose(inputs: SelectionInputs): Promise<SelectionOutputs> {
    return this.outs<SelectionOutputs>("Selection", "create", inputs);
  }

  private async outs<T>(kind: string, method: string, ...args: unknown[]): Promise<T> {
    return ((await this.ask(kind, method, ...args)) as { outs: T }).outs;
  }

  private async ask(kind: string, method: string, ...args: unknown[]): Promise<unknown> {
    // Providers find clouds.yaml as a user's would; the stack's configuration names the cloud.
    if (this.env.OS_CLIENT_CONFIG_FILE !== undefined) {
      process.env["OS_CLIENT_CONFIG_FILE"] = this.env.OS_CLIENT_CONFIG_FILE;
    }
    const config: Record<string, string> = {
      "openstack:cloud": this.env.OS_CLOUD,
      ...this.config,
    };
    await call(kind, "configure", [{ get: (key: string) => config[key] }]);
    return call(kind, method, args);
  }
}
