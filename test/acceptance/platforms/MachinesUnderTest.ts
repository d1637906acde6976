import type { RestorationInputs, RestorationOutputs } from "../../../dynamic/providers/restoration";
import type { CaptureInputs, CaptureOutputs } from "../../../platforms/capture/types";
import { KubeVirtLab } from "../../../sandbox/KubeVirtLab";
import { realTime } from "../../../sandbox/world/worldClock";
import { restoreMembersOf } from "../../../snapset/kubevirt/restoreMembers";
import { Machines } from "../kubevirt/Machines";
import { Providers } from "../Providers";
import type { PlatformUnderTest, RestoreOutputs } from "./PlatformUnderTest";

const file = "/srv/data";

/** In real time, as the providers go by the machine's clock. */
const times = { bootMs: 50, agentMs: 50, stopMs: 50, cutMs: 50, uploadMs: 50, provisionMs: 0 };

/** Two virtual machines of the sandbox. */
export class MachinesUnderTest implements PlatformUnderTest {
  readonly platform = "kubevirt";
  readonly members = ["db", "web"] as const;
  readonly providers: Providers;
  private settings: Machines;

  private constructor(private readonly lab: KubeVirtLab) {
    const reach = JSON.stringify({ kubeconfigContent: lab.kubeconfig });
    // No cloud is asked for anything.
    this.providers = new Providers({ OS_CLOUD: "none" }, { "snapset:kubevirt": reach });
    this.settings = new Machines(lab, { names: [...this.members] });
  }

  static async open(): Promise<MachinesUnderTest> {
    const lab = await new KubeVirtLab({ time: realTime, times }).open();
    await lab.addVirtualMachine({ name: "db" });
    await lab.addVirtualMachine({ name: "web", macAddress: "02:00:00:00:00:02" });
    return new MachinesUnderTest(lab);
  }

  capture(changes: Partial<CaptureInputs> = {}): CaptureInputs {
    return this.settings.inputs(changes);
  }

  select(snapId: string) {
    const { settings: kubevirt } = this.settings;
    return this.providers.choose({ snapId, nodes: null, kubevirt, selfUrn: "urn:test" });
  }

  async restore(set: CaptureOutputs, trigger: string, kept?: RestoreOutputs) {
    const inputs = await this.restorationOf(set, trigger);
    if (kept === undefined) return this.providers.restore(inputs);
    return this.providers.restoreAgain(kept as RestorationOutputs, inputs);
  }

  async wouldRestore(set: CaptureOutputs, trigger: string, kept: RestoreOutputs): Promise<boolean> {
    const inputs = await this.restorationOf(set, trigger);
    return this.providers.hasChanges("Restoration", kept, inputs);
  }

  write(member: string, text: string): Promise<void> {
    return this.lab.guest(member).write(file, text);
  }

  async read(member: string): Promise<string | undefined> {
    return (await this.lab.guest(member).files())[file];
  }

  async running(): Promise<string[]> {
    const are = await Promise.all(this.members.map((it) => this.lab.guest(it).isRunning()));
    return this.members.filter((_, index) => are[index]);
  }

  async kept(): Promise<string[]> {
    const [snapshots, journals] = await Promise.all([
      this.lab.list("virtualmachinesnapshots"),
      this.lab.list("configmaps"),
    ]);
    return [...snapshots, ...journals].map(({ metadata }) => metadata.name);
  }

  failImageOf(member: string): () => void {
    // KubeVirt gives a snapshot up at its deadline only.
    this.settings = new Machines(this.lab, { names: [...this.members], failureDeadline: 5_000 });
    return this.lab.setFault({ effect: "volumeSnapshotFails", name: `${member}-rootdisk` });
  }

  async loseImageOf(member: string): Promise<void> {
    const snapshots = await this.lab.list("virtualmachinesnapshots");
    const own = snapshots.filter(({ metadata }) => metadata.name.startsWith(`${member}-`));
    const path = "/apis/snapshot.kubevirt.io/v1beta1/namespaces/default/virtualmachinesnapshots";
    for (const { metadata } of own) await this.lab.call("DELETE", `${path}/${metadata.name}`);
  }

  async deleteMember(member: string): Promise<void> {
    const path = `/apis/kubevirt.io/v1/namespaces/default/virtualmachines/${member}`;
    await this.lab.call("DELETE", path);
    await this.lab.until(`${member} to be gone`, async () => {
      expect(await this.lab.find("virtualmachines", member)).toBeUndefined();
    });
  }

  changes(): number {
    return this.lab.requests().filter(({ method, status }) => method !== "GET" && status < 300)
      .length;
  }

  close(): Promise<void> {
    return this.lab.close();
  }

  private async restorationOf(
    { snapId }: CaptureOutputs,
    trigger: string,
  ): Promise<RestorationInputs> {
    const { members = [] } = await this.select(snapId);
    return {
      platform: "kubevirt",
      kubevirt: this.settings.settings,
      snapId,
      trigger,
      members: restoreMembersOf(members, { names: undefined, targets: {} }),
      readiness: { policy: "StopTarget", gracePeriod: 0 },
      deadline: 60_000,
      selfUrn: "urn:test",
    };
  }
}
