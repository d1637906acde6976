import type { Clock } from "../../../common/clock";
import { runCapture, type CaptureResult } from "../../../platforms/capture/run";
import { removeSet } from "../../../platforms/capture/giveBack";
import type { CaptureInputs } from "../../../platforms/capture/types";
import { withKubeVirt } from "../../../platforms/kubevirt/context";
import type { KubeVirtInputs } from "../../../platforms/kubevirt/inputs";
import { kubeVirtSite } from "../../../platforms/kubevirt/site";
import type { Platform, Site } from "../../../platforms/platform";
import type { CaptureProgress } from "../../../snapset/capture/progress";
import { restoreMembersOf } from "../../../snapset/kubevirt/restoreMembers";
import type { Manifest, PhaseRecord } from "../../../snapset/manifest";
import type { RestoreOrder } from "../../../snapset/restoreOrder";
import type { KubeVirtUnderTest } from "../KubeVirtUnderTest";

/** Settings of `snapset:kubevirt` as a resource gets them, and no machine named. */
const plain: Omit<KubeVirtInputs, "namespace"> = {
  kubeconfig: null,
  remoteKubeconfig: null,
  bastion: null,
  addresses: [],
  names: null,
  selector: null,
  acceptPartial: true,
  description: "",
  failureDeadline: 300_000,
  unfreezeTimeout: 300_000,
  targets: {},
  volumeRestorePolicy: null,
  start: true,
};

/** What the product does with virtual machines, in the time of the KubeVirt under test. */
export class Machines {
  readonly warnings: string[] = [];
  readonly reports: string[] = [];
  readonly settings: KubeVirtInputs;
  /** Called with each line of progress, in the middle of the work. */
  onReport: (line: string) => void = () => undefined;
  /** Those of the machine that does the work. */
  clock: Clock;
  #abort = new AbortController();

  constructor(
    private readonly on: KubeVirtUnderTest,
    settings: Partial<KubeVirtInputs> = {},
  ) {
    this.settings = { ...plain, namespace: on.namespace, ...settings };
    this.clock = on.clock;
  }

  /** The same, with other settings. */
  with(settings: Partial<KubeVirtInputs>): Machines {
    return new Machines(this.on, { ...this.settings, ...settings });
  }

  /** What the engine's Cancel does to calls that are under way. */
  cancel(): void {
    this.#abort.abort(new Error("canceled"));
    this.#abort = new AbortController();
  }

  inputs(changes: Partial<CaptureInputs> = {}): CaptureInputs {
    return {
      snapId: "vmSet001",
      environmentName: "parksmap",
      environment: null,
      instances: [],
      consistency: "shutdown",
      volumes: {},
      parallelImages: 16,
      imagesPerHost: 5,
      shutdownTimeout: 60_000,
      deadlines: { stop: 120_000, images: 600_000, idle: 30_000 },
      cluster: null,
      kubevirt: this.settings,
      deletionPolicy: "Delete",
      afterCapture: "leave",
      onFailure: "giveBack",
      selfUrn: "urn:test",
      ...changes,
    };
  }

  /** A capture as the resource runs it. */
  capture(
    changes: Partial<CaptureInputs> = {},
    kept: CaptureProgress | null = null,
  ): Promise<CaptureResult> {
    const inputs = this.inputs(changes);
    return this.within(async (site) => {
      const instances = await site.findInstances(inputs);
      return runCapture({ ...inputs, instances }, kept, site);
    });
  }

  /** What `pulumi destroy` does of a committed set. */
  remove({ snapId, members }: Manifest): Promise<string> {
    const instances = members.map(({ name, serverId }) => ({
      name,
      uuid: serverId,
      platform: "kubevirt" as const,
    }));
    return this.within((site) =>
      removeSet({ snapId, instances, deadlines: { stop: 120_000 } }, site),
    );
  }

  /** A restore of all members, as the resource runs it. */
  restore(
    { snapId, members }: Manifest,
    changes: Partial<RestoreOrder> = {},
  ): Promise<PhaseRecord[]> {
    return this.ask((platform) => platform.restore(this.order(snapId, members, changes)));
  }

  foresee({ snapId, members }: Manifest, changes: Partial<RestoreOrder> = {}): Promise<string[]> {
    return this.ask((platform) => platform.foresee(this.order(snapId, members, changes)));
  }

  release({ snapId, members }: Manifest, changes: Partial<RestoreOrder> = {}): Promise<string> {
    return this.ask((platform) => platform.release(this.order(snapId, members, changes)));
  }

  /** Runs `work` where the sets are. */
  within<T>(work: (site: Site) => Promise<T>): Promise<T> {
    const context = {
      clock: this.clock,
      signal: this.#abort.signal,
      report: (line: string) => {
        this.reports.push(line);
        this.onReport(line);
      },
      warn: (line: string) => this.warnings.push(line),
      clusterSecrets: { kubeconfigContent: this.on.kubeconfig },
    };
    return withKubeVirt(this.settings, context, (opened) => work(kubeVirtSite(opened)));
  }

  private ask<T>(work: (platform: Platform) => Promise<T>): Promise<T> {
    return this.within((site) => {
      const { kubevirt } = site.platforms;
      if (kubevirt === undefined) throw new RangeError("there is no KubeVirt");
      return work(kubevirt);
    });
  }

  private order(
    snapId: string,
    members: Manifest["members"],
    changes: Partial<RestoreOrder>,
  ): RestoreOrder {
    const { names, targets } = this.settings;
    const settings = {
      names: names ?? undefined,
      targets: Object.fromEntries(
        Object.entries(targets).map(([member, { name, macAddresses }]) => [
          member,
          { name: name ?? undefined, macAddresses },
        ]),
      ),
    };
    return {
      snapId,
      trigger: "",
      members: restoreMembersOf(members, settings),
      readiness: { policy: "StopTarget", gracePeriod: 60_000 },
      deadline: 600_000,
      isInterrupted: true,
      ...changes,
    };
  }
}
