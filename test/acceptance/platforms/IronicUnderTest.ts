import type { RestorationOutputs } from "../../../dynamic/providers/restoration";
import type { CaptureInputs, CaptureOutputs } from "../../../platforms/capture/types";
import { BareMetalCloud } from "../BareMetalCloud";
import { captureOf } from "../FaultyCloud";
import { Providers } from "../Providers";
import type { PlatformUnderTest, RestoreOutputs } from "./PlatformUnderTest";

const file = "/srv/data";
type Member = "master0" | "master1";

/** Two machines of the sandbox. */
export class IronicUnderTest implements PlatformUnderTest {
  readonly platform = "ironic";
  readonly members = ["master0", "master1"] as const;
  readonly providers: Providers;

  private constructor(private readonly metal: BareMetalCloud) {
    this.providers = new Providers(metal.cloud.env);
  }

  static async open(): Promise<IronicUnderTest> {
    return new IronicUnderTest(await BareMetalCloud.open());
  }

  capture(changes: Partial<CaptureInputs> = {}): CaptureInputs {
    return captureOf(this.metal.machines, changes);
  }

  select(snapId: string) {
    return this.providers.select(snapId, []);
  }

  /** What was captured is somebody's until it is undeployed: nothing restored is put on top of it. */
  async restore(set: CaptureOutputs, trigger: string, kept?: RestoreOutputs) {
    const inputs = this.restorationOf(set, trigger);
    if (kept !== undefined) {
      return this.providers.restoreAgain(kept as RestorationOutputs, inputs);
    }
    await this.metal.undeploy(...this.members);
    return this.providers.restore(inputs);
  }

  async wouldRestore(set: CaptureOutputs, trigger: string, kept: RestoreOutputs): Promise<boolean> {
    return this.providers.hasChanges("Restoration", kept, this.restorationOf(set, trigger));
  }

  write(member: string, text: string): Promise<void> {
    this.guest(member).disk.content.files[file] = text;
    return Promise.resolve();
  }

  read(member: string): Promise<string | undefined> {
    return Promise.resolve(this.guest(member).disk.content.files[file]);
  }

  running(): Promise<string[]> {
    const on = this.members.filter((member) => this.metal.node(member).powerState === "power on");
    return Promise.resolve(on);
  }

  kept(): Promise<string[]> {
    return Promise.resolve(this.metal.cloud.leftovers(this.capture().snapId));
  }

  failImageOf(member: string): () => void {
    return this.metal.world.faults.add({
      match: { action: "snapshot", name: `rack-${member}`, times: 1e9 },
      then: { effect: "imageUploadFails" },
    });
  }

  loseImageOf(member: string): Promise<void> {
    for (const { id, properties } of this.metal.cloud.imagesOf(this.capture().snapId)) {
      if (properties["snapset_member"] === member) this.metal.world.images.remove(id);
    }
    return Promise.resolve();
  }

  deleteMember(member: string): Promise<void> {
    const node = this.metal.node(member as Member);
    // Of a node that is deployed, Ironic lets only one in maintenance be deleted.
    node.fields.maintenance = true;
    this.metal.world.bareMetal.deleteNode(node);
    return Promise.resolve();
  }

  changes(): number {
    return this.metal.world.requests.changes().length;
  }

  close(): Promise<void> {
    return this.metal.close();
  }

  private guest(member: string) {
    const guest = this.metal.world.bareMetal.machineOf(this.metal.node(member as Member))?.guest;
    if (guest === undefined) throw new RangeError(`nothing runs on ${member}`);
    return guest;
  }

  private restorationOf({ snapId, images }: CaptureOutputs, trigger: string) {
    const members = images.map(({ member, imageId }) => ({ name: member, imageId }));
    return this.metal.restoration(members, { snapId, trigger });
  }
}
