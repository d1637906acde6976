import type { CaptureInputs } from "../../../platforms/capture/types";
import type { KubeVirtInputs } from "../../../platforms/kubevirt/inputs";
import type { CaptureProgress } from "../../../snapset/capture/progress";
import type { WantedVm } from "../../../sandbox/kubevirt/wantedVm";
import type { GuestUnderTest, KubeVirtUnderTest, Seen } from "../KubeVirtUnderTest";
import { Machines } from "./Machines";

/** Where the course's database keeps its data. */
export const parks = "/var/lib/mongo/parks";

let made = 0;

/** An application of two machines, found by its label, and a set of its own. */
export class Application {
  readonly db: string;
  readonly web: string;
  readonly snapId: string;
  machines: Machines;

  private constructor(
    private readonly on: KubeVirtUnderTest,
    readonly label: string,
    settings: Partial<KubeVirtInputs>,
  ) {
    made += 1;
    this.db = `${label}-db`;
    this.web = `${label}-web`;
    this.snapId = `vmSet${String(made).padStart(3, "0")}`;
    this.machines = new Machines(on, { selector: `app=${label}`, ...settings });
  }

  /** @param wanted of both machines, beside their names */
  static async start(
    on: KubeVirtUnderTest,
    settings: Partial<KubeVirtInputs> = {},
    wanted: Partial<WantedVm> = {},
  ): Promise<Application> {
    const app = new Application(on, `app${made + 1}`, settings);
    const labels = { app: app.label };
    const files = { rootdisk: { [parks]: "Yosemite" } };
    await on.addVirtualMachine({ name: app.db, labels, files, ...wanted });
    await on.addVirtualMachine({
      name: app.web,
      labels,
      macAddress: "02:00:00:00:00:02",
      ...wanted,
    });
    return app;
  }

  get names(): string[] {
    return [this.db, this.web];
  }

  capture(changes: Partial<CaptureInputs> = {}, kept: CaptureProgress | null = null) {
    return this.machines.capture({ snapId: this.snapId, ...changes }, kept);
  }

  /** Somebody starts machines that do not start by themselves. */
  async start(names = this.names): Promise<void> {
    const path = `/apis/subresources.kubevirt.io/v1/namespaces/${this.on.namespace}/virtualmachines`;
    for (const name of names) {
      const { status } = await this.on.call("PUT", `${path}/${name}/start`, {});
      if (status >= 300) throw new Error(`cannot start ${name}: ${status}`);
    }
    await this.on.until(`${names.join(", ")} to run`, async () => {
      const running = await this.running();
      if (!names.every((name) => running.includes(name))) throw new Error(`only ${running.join()}`);
    });
  }

  /** Somebody stops all machines. */
  async stop(): Promise<void> {
    const path = `/apis/subresources.kubevirt.io/v1/namespaces/${this.on.namespace}/virtualmachines`;
    for (const name of this.names) await this.on.call("PUT", `${path}/${name}/stop`, {});
  }

  /** The restores into the machines, whoever made them, by name. */
  async restores(): Promise<Seen[]> {
    const all = await this.on.list("virtualmachinerestores");
    const own = all.filter(({ spec }) => this.names.includes(targetOf(spec)));
    return own.toSorted((a, b) => a.metadata.name.localeCompare(b.metadata.name));
  }

  /** Somebody makes a snapshot as the course's last exercise does. */
  async snapshotByHand(machine: string, name: string): Promise<void> {
    const source = { apiGroup: "kubevirt.io", kind: "VirtualMachine", name: machine };
    await this.make("VirtualMachineSnapshot", "virtualmachinesnapshots", name, { source });
  }

  async restoreByHand(machine: string, name: string, snapshot: string): Promise<void> {
    const target = { apiGroup: "kubevirt.io", kind: "VirtualMachine", name: machine };
    const spec = { target, virtualMachineSnapshotName: snapshot };
    await this.make("VirtualMachineRestore", "virtualmachinerestores", name, spec);
  }

  /** Somebody deletes a snapshot; it is gone when this ends. */
  async deleteSnapshot(name: string): Promise<void> {
    await this.on.call("DELETE", `${this.collection("virtualmachinesnapshots")}/${name}`);
    await this.on.until(`${name} to be gone`, async () => {
      if ((await this.on.find("virtualmachinesnapshots", name)) !== undefined) {
        throw new Error("it is there");
      }
    });
  }

  private async make(kind: string, plural: string, name: string, spec: unknown): Promise<void> {
    const object = { apiVersion: "snapshot.kubevirt.io/v1beta1", kind, metadata: { name }, spec };
    const { status, body } = await this.on.call("POST", this.collection(plural), object);
    if (status !== 201) throw new Error(`cannot make ${name}: ${JSON.stringify(body)}`);
  }

  private collection(plural: string): string {
    return `/apis/snapshot.kubevirt.io/v1beta1/namespaces/${this.on.namespace}/${plural}`;
  }

  guest(name: string): GuestUnderTest {
    return this.on.guest(name);
  }

  /** The machines that run. */
  running(): Promise<string[]> {
    return this.those((name) => this.guest(name).isRunning());
  }

  /** The machines whose file systems take no writes. */
  frozen(): Promise<string[]> {
    return this.those((name) => this.guest(name).isFrozen());
  }

  private async those(is: (name: string) => Promise<boolean>): Promise<string[]> {
    const found = await Promise.all(this.names.map(is));
    return this.names.filter((_, index) => found[index]);
  }

  /** The snapshots of the machines, whoever made them, by name. */
  async snapshots(): Promise<Seen[]> {
    const all = await this.on.list("virtualmachinesnapshots");
    const own = all.filter(({ spec }) => this.names.includes(sourceOf(spec)));
    return own.toSorted((a, b) => a.metadata.name.localeCompare(b.metadata.name));
  }

  /** Names of all that captures of these machines have left, contents of snapshots too. */
  async leftovers(): Promise<string[]> {
    const contents = await this.on.list("virtualmachinesnapshotcontents");
    const journals = await this.on.list("configmaps");
    const ofSet = ({ metadata }: Seen) => metadata.labels?.["snapset/snap-id"] === this.snapId;
    const ofMachine = ({ spec }: Seen) => {
      const { source } = spec as { source: { virtualMachine: { metadata: { name: string } } } };
      return this.names.includes(source.virtualMachine.metadata.name);
    };
    const all = [
      ...(await this.snapshots()),
      ...contents.filter(ofMachine),
      ...journals.filter(ofSet),
    ];
    return all.map(({ metadata }) => metadata.name);
  }

  /** What the product has changed of these machines, e.g. `PUT freeze`, in order. */
  changes(): string[] {
    return this.on
      .requests()
      .filter(({ method, status }) => method !== "GET" && status < 300)
      .map(({ method, path }) => `${method} ${path.split("?")[0]?.split("/").at(-1) ?? ""}`);
  }
}

function sourceOf(spec: unknown): string {
  return (spec as { source: { name: string } }).source.name;
}

function targetOf(spec: unknown): string {
  return (spec as { target: { name: string } }).target.name;
}

/** The message with which `work` failed; it has to. */
export async function failureOf(work: Promise<unknown>): Promise<string> {
  const result = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (result instanceof Error) return result.message;
  throw new Error("it did not fail");
}
