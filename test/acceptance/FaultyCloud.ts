import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageOf } from "../../common/errors";
import type { CaptureInputs, CaptureOutputs } from "../../dynamic/providers/capture/types";
import { call } from "../../dynamic/providers/index";
import { PartialFailure } from "../../dynamic/providers/partialFailure";
import type { SelectionInputs, SelectionOutputs } from "../../dynamic/providers/selection";
import { startSandbox, type Sandbox, type SandboxOptions } from "../../sandbox";
import type { Caller, Image } from "../../sandbox/world";
import { callerOf } from "../../sandbox/world/identity";
import { statusOf } from "../../sandbox/world/compute/records";
import type { Role } from "../../snapset/roles";
import type { Instance } from "../../snapset/snapsetData";

/** How a call to a provider failed. */
interface Failure {
  message: string;
  /** What the engine would keep of an unfinished capture. */
  kept?: CaptureOutputs;
}

/** A sandbox in the test's own process: servers to capture, faults, and a look behind the API. */
export class FaultyCloud {
  private constructor(
    readonly sandbox: Sandbox,
    readonly directory: string,
    private readonly caller: Caller,
    private readonly networkId: string,
  ) {}

  static async open(options: SandboxOptions = {}): Promise<FaultyCloud> {
    const sandbox = await startSandbox({ timeScale: 200, ...options });
    const directory = mkdtempSync(join(tmpdir(), "snapset-faults-"));
    writeFileSync(join(directory, "clouds.yaml"), sandbox.cloudsYaml());
    const { identity, networking } = sandbox.world;
    const caller = callerOf(identity.logIn({ name: "demo" }, "sandbox", undefined));
    const network = networking.networks.create(caller.projectId, { name: "machine" });
    networking.networks.createSubnet(caller, { network_id: network.id, cidr: "192.168.9.0/24" });
    return new FaultyCloud(sandbox, directory, caller, network.id);
  }

  async close(): Promise<void> {
    await this.sandbox.close();
    rmSync(this.directory, { recursive: true, force: true });
  }

  get world() {
    return this.sandbox.world;
  }

  /** What selects it as the cloud. */
  get env() {
    return { OS_CLIENT_CONFIG_FILE: join(this.directory, "clouds.yaml"), OS_CLOUD: "sandbox" };
  }

  get projectId(): string {
    return this.caller.projectId;
  }

  /** A server that runs, as a capture names it. The last octet makes its MAC. */
  boot(name: string, role: Role, octet: number): Instance {
    const { compute, images, networking, clock } = this.world;
    const macAddress = `fa:16:9e:00:00:${octet.toString(16).padStart(2, "0")}`;
    const options = { mac_address: macAddress };
    const port = networking.ports.create(this.projectId, this.networkId, options);
    const server = compute.building.create(this.caller, {
      name,
      flavorId: compute.servers.flavors[0]?.id ?? "",
      imageId: images.all()[0]?.id ?? "",
      networks: [{ port: port.id }],
      blockDevices: [],
      requestId: "req-of-the-test",
    });
    clock.advance(10_000);
    return { name, uuid: server.id, role, macAddress };
  }

  /** Three servers that run. */
  bootThree(): Instance[] {
    return [
      this.boot("controller", "controller", 1),
      this.boot("compute0", "compute", 2),
      this.boot("compute1", "compute", 3),
    ];
  }

  /** Asks Nova for an image as somebody else would. */
  imageBySomebody({ uuid }: Instance): void {
    const { compute } = this.world;
    compute.snapshots.create(compute.servers.show(uuid, this.caller), this.caller, "backup", {});
  }

  deleteServer(name: string): void {
    const { compute, clock } = this.world;
    const server = compute.servers.all().find((it) => it.name === name);
    compute.servers.delete(server?.id ?? "", this.caller);
    clock.advance(2_000);
  }

  /** Server name → status and task. */
  states(): Record<string, string> {
    const servers = this.world.compute.servers.all();
    return Object.fromEntries(
      servers.map((it) => [it.name, [statusOf(it), it.taskState].filter(Boolean).join(" ")]),
    );
  }

  /** The images that say they are of the set. */
  imagesOf(snapId: string): Image[] {
    return this.world.images.all().filter((image) => image.properties["snapset_id"] === snapId);
  }

  /** How often an action was asked for, e.g. `compute createImage`. */
  asked(action: string): number {
    return this.world.requests.counts()[action] ?? 0;
  }

  capture(inputs: CaptureInputs): Promise<CaptureOutputs> {
    return this.ask("SnapSet", "create", inputs).then((it) => (it as Outs<CaptureOutputs>).outs);
  }

  /** What the engine does with an unfinished capture at the next `up`. */
  resume(kept: CaptureOutputs, inputs: CaptureInputs): Promise<CaptureOutputs> {
    const outs = this.ask("SnapSet", "update", inputs.snapId, kept, inputs);
    return outs.then((it) => (it as Outs<CaptureOutputs>).outs);
  }

  /** What `pulumi destroy` asks for. */
  async remove(kept: CaptureOutputs): Promise<void> {
    await this.ask("SnapSet", "delete", kept.snapId, kept);
  }

  select(snapId: string, nodes: SelectionInputs["nodes"] = null): Promise<SelectionOutputs> {
    const outs = this.ask("Selection", "create", { snapId, nodes, selfUrn: "urn:test" });
    return outs.then((it) => (it as Outs<SelectionOutputs>).outs);
  }

  private async ask(kind: string, method: string, ...args: unknown[]): Promise<unknown> {
    // Providers find clouds.yaml as a user's would; the stack's configuration names the cloud.
    process.env["OS_CLIENT_CONFIG_FILE"] = this.env.OS_CLIENT_CONFIG_FILE;
    const config: Record<string, string> = { "openstack:cloud": this.env.OS_CLOUD };
    await call(kind, "configure", [{ get: (key: string) => config[key] }]);
    return call(kind, method, args);
  }
}

interface Outs<T> {
  outs: T;
}

/** Inputs of a capture, as the program gives them. */
export function captureOf(
  instances: Instance[],
  changes: Partial<CaptureInputs> = {},
): CaptureInputs {
  return {
    snapId: "faults01",
    environmentName: "faults",
    environment: null,
    instances,
    parallelImages: 16,
    deadlines: { stop: 60_000, images: 60_000 },
    cluster: null,
    deletionPolicy: "Delete",
    afterCapture: "leave",
    selfUrn: "urn:test",
    ...changes,
  };
}

/** How `work` failed; it has to. */
export async function failureOf(work: Promise<unknown>): Promise<Failure> {
  const error = await work.then(
    () => {
      throw new Error("it succeeded");
    },
    (reason: unknown) => reason,
  );
  if (!(error instanceof PartialFailure)) return { message: messageOf(error) };
  const kept = error.properties as unknown as CaptureOutputs;
  return { message: error.reasons.join("\n"), kept };
}

/** Runs `work` and holds it to having changed nothing at all in the cloud. */
export async function expectUntouched<T>(cloud: FaultyCloud, work: () => Promise<T>): Promise<T> {
  const [states, images] = [cloud.states(), cloud.world.images.all().length];
  cloud.world.requests.clear();
  const result = await work();
  expect(cloud.world.requests.changes()).toEqual([]);
  expect(cloud.states()).toEqual(states);
  expect(cloud.world.images.all()).toHaveLength(images);
  return result;
}
