import type { CaptureInputs, CaptureOutputs } from "../../../platforms/capture/types";
import type { ResetInputs, ResetOutputs } from "../../../platforms/nova/reset/types";
import type { Instance } from "../../../snapset/snapsetData";
import { captureOf, FaultyCloud } from "../FaultyCloud";
import { Providers } from "../Providers";
import type { PlatformUnderTest, RestoreOutputs } from "./PlatformUnderTest";

const file = "/srv/data";

/** Two servers of the sandbox. */
export class NovaUnderTest implements PlatformUnderTest {
  readonly platform = "nova";
  readonly members = ["controller", "compute0"] as const;
  readonly providers: Providers;
  private readonly instances: Instance[];

  private constructor(private readonly cloud: FaultyCloud) {
    this.providers = new Providers(cloud.env);
    this.instances = [
      cloud.boot("controller", "controller", 1),
      cloud.boot("compute0", "compute", 2),
    ];
    cloud.world.clock.advance(60_000);
  }

  static async open(): Promise<NovaUnderTest> {
    return new NovaUnderTest(await FaultyCloud.open());
  }

  capture(changes: Partial<CaptureInputs> = {}): CaptureInputs {
    return captureOf(this.instances, changes);
  }

  select(snapId: string) {
    const plain = { flavor: "hotstack.small", bootsFromVolume: false, volumes: [] };
    const nodes = this.instances.map(({ name, role }) => ({ ...plain, name, role }));
    return this.providers.select(snapId, nodes);
  }

  async restore(set: CaptureOutputs, trigger: string, kept?: RestoreOutputs) {
    const inputs = this.resetOf(set, trigger);
    if (kept === undefined) return this.providers.reset(inputs);
    return this.providers.resetAgain(kept as ResetOutputs, inputs);
  }

  async wouldRestore(set: CaptureOutputs, trigger: string, kept: RestoreOutputs): Promise<boolean> {
    return this.providers.hasChanges("Reset", kept, this.resetOf(set, trigger));
  }

  write(member: string, text: string): Promise<void> {
    this.guest(member).disk.content.files[file] = text;
    return Promise.resolve();
  }

  read(member: string): Promise<string | undefined> {
    return Promise.resolve(this.guest(member).disk.content.files[file]);
  }

  running(): Promise<string[]> {
    const states = Object.entries(this.cloud.states());
    return Promise.resolve(states.filter(([, it]) => it === "ACTIVE").map(([name]) => name));
  }

  kept(): Promise<string[]> {
    return Promise.resolve(this.cloud.leftovers(this.capture().snapId));
  }

  failImageOf(member: string): () => void {
    const then = { effect: "imageVanishes" } as const;
    return this.cloud.world.faults.add({ match: { action: "createImage", name: member }, then });
  }

  loseImageOf(member: string): Promise<void> {
    const { images } = this.cloud.world;
    const ours = this.cloud.imagesOf(this.capture().snapId);
    for (const { id, properties } of ours) {
      if (properties["snapset_member"] === member) images.remove(id);
    }
    return Promise.resolve();
  }

  deleteMember(member: string): Promise<void> {
    this.cloud.deleteServer(member);
    return Promise.resolve();
  }

  changes(): number {
    return this.cloud.world.requests.changes().length;
  }

  close(): Promise<void> {
    return this.cloud.close();
  }

  private guest(member: string) {
    const guest = this.cloud.world.guests().find(({ name }) => name === member);
    if (guest === undefined) throw new RangeError(`there is no guest ${member}`);
    return guest;
  }

  private resetOf({ snapId, images }: CaptureOutputs, trigger: string): ResetInputs {
    return {
      snapId,
      trigger,
      nodes: this.instances.map(({ name, role, uuid }) => ({
        name,
        role,
        serverId: uuid,
        imageId: images.find(({ member }) => member === name)?.imageId ?? "",
        volumes: [],
      })),
      readiness: { policy: "StopTarget", gracePeriod: 0 },
      deadline: 60_000,
      selfUrn: "urn:test",
    };
  }
}
