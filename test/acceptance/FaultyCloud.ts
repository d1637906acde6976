import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../common/clock";
import { messageOf } from "../../common/errors";
import { waitFor } from "../../common/wait";
import type { CaptureInputs, CaptureOutputs } from "../../platforms/capture/types";
import { Providers } from "./Providers";
import { PartialFailure } from "../../dynamic/providers/partialFailure";
import type { SelectionOutputs } from "../../dynamic/providers/selection";
import { startSandbox, type Sandbox, type SandboxOptions } from "../../sandbox";
import type { Caller, Image } from "../../sandbox/world";
import { callerOf } from "../../sandbox/world/identity";
import { statusOf } from "../../sandbox/world/compute/records";
import { decodeManifest, type Manifest } from "../../snapset/manifest";
import type { Role } from "../../snapset/roles";
import type { Instance } from "../../snapset/snapsetData";
import type { WantedNode } from "../../snapset/environment/wantedNode";

/** How a call to a provider failed. */
interface Failure {
  message: string;
  /** What the engine would keep of an unfinished capture. */
  kept?: CaptureOutputs;
}

/** The states of the servers of {@link FaultyCloud.bootThree}. */
export const allRunning = { controller: "ACTIVE", compute0: "ACTIVE", compute1: "ACTIVE" };

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

  private get providers(): Providers {
    return new Providers(this.env);
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
  boot(
    name: string,
    role: Role,
    octet: number,
    imageProperties?: Record<string, string>,
  ): Instance {
    const { compute, images, networking, clock } = this.world;
    const macAddress = `fa:16:9e:00:00:${octet.toString(16).padStart(2, "0")}`;
    const base = images.all()[0]?.id ?? "";
    const options = { mac_address: macAddress };
    const port = networking.ports.create(this.projectId, this.networkId, options);
    const server = compute.building.create(this.caller, {
      name,
      flavorId: compute.servers.flavors[0]?.id ?? "",
      imageId: imageProperties === undefined ? base : this.imageWith(imageProperties).id,
      metadata: { snapset_role: role },
      networks: [{ port: port.id }],
      blockDevices: [],
      requestId: "req-of-the-test",
    });
    clock.advance(10_000);
    return { name, uuid: server.id, role, macAddress };
  }

  /** A server that runs and whose root disk is a volume. */
  bootFromVolume(
    name: string,
    role: Role,
    octet: number,
    imageProperties: Record<string, string> = {},
  ): { instance: Instance; volumeId: string } {
    const { compute, networking, volumes, clock } = this.world;
    const imageId = this.imageWith(imageProperties).id;
    const volume = volumes.create(this.caller, { size: 1, name: `${name}-root`, imageId });
    clock.advance(10_000);
    const macAddress = `fa:16:9e:00:00:${octet.toString(16).padStart(2, "0")}`;
    const options = { mac_address: macAddress };
    const port = networking.ports.create(this.projectId, this.networkId, options);
    const server = compute.building.create(this.caller, {
      name,
      flavorId: compute.servers.flavors[0]?.id ?? "",
      imageId: "",
      networks: [{ port: port.id }],
      blockDevices: [
        {
          uuid: volume.id,
          source_type: "volume",
          destination_type: "volume",
          boot_index: 0,
          delete_on_termination: false,
        },
      ],
      requestId: "req-of-the-test",
    });
    clock.advance(20_000);
    return { instance: { name, uuid: server.id, role, macAddress }, volumeId: volume.id };
  }

  /** A base image whose properties tell Nova about its guests. */
  private imageWith(properties: Record<string, string>): Image {
    const { images } = this.world;
    const image = images.create(this.projectId, { name: "base", visibility: "public", properties });
    images.setContent(image, undefined, 1000, 1000);
    return image;
  }

  /** How often the file systems of a server were frozen for a snapshot. */
  freezesOf(name: string): number {
    const guest = this.world.guests().find((it) => it.name === name);
    return guest?.freezes.length ?? 0;
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

  /** An image that everybody sees, of another project, which bears the identity of a member. */
  imageOfAnotherProject(member: string, snapId: string, serverId: string): Image {
    const { identity, images } = this.world;
    const owner = callerOf(identity.logIn({ name: "admin" }, "sandbox", undefined)).projectId;
    const image = images.create(owner, {
      name: `hotstack-${member}-snapshot-${snapId}`,
      visibility: "public",
      tags: ["hotstack", "hotstack-snapset", `name=${member}`, `snap_id=${snapId}`],
      properties: { snapset_id: snapId, snapset_member: member, instance_uuid: serverId },
    });
    images.setContent(image, undefined, 1000, 1000);
    return image;
  }

  deleteServer(name: string): void {
    const { compute, clock } = this.world;
    const server = compute.servers.all().find((it) => it.name === name);
    compute.servers.delete(server?.id ?? "", this.caller);
    clock.advance(2_000);
  }

  /** Waits until something is so in the world. */
  async until(what: string, isSo: () => boolean, deadlineMs = 90_000): Promise<void> {
    await waitFor({
      what,
      observe: () => Promise.resolve(isSo()),
      isDone: (it) => it,
      describe: () => JSON.stringify([this.states(), this.world.requests.counts()]),
      deadlineMs,
      intervalMs: 2,
      maxIntervalMs: 2,
      clock: systemClock,
    });
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

  /** Everything in the cloud that says it is of the set: images, snapshots, the journal. */
  leftovers(snapId: string): string[] {
    const snapshots = this.world.volumes
      .snapshots()
      .filter((it) => it.metadata["snapset_id"] === snapId || (it.name ?? "").includes(snapId));
    return [
      ...this.world.images.all().filter((image) => (image.name ?? "").includes(snapId)),
      ...snapshots,
    ].map((it) => it.name ?? it.id);
  }

  manifestOf(snapId: string): Manifest {
    const anchor = this.imagesOf(snapId).find((image) => image.properties["snapset_manifest"]);
    return decodeManifest(anchor?.properties ?? {}, "the anchor");
  }

  /** Somebody stops a server; it is off when this returns. */
  stop(name: string): void {
    this.world.somebody.stop(name);
    this.world.clock.advance(20_000);
  }

  start(name: string): void {
    this.world.somebody.start(name);
    this.world.clock.advance(20_000);
  }

  /** Gives a server a volume of 1 GB, as somebody did long before the capture. */
  attachVolume(server: string, name: string): string {
    const { compute, volumes, clock } = this.world;
    const volume = volumes.create(this.caller, { size: 1, name });
    clock.advance(10_000);
    compute.attachments.attachVolume(this.server(server), this.caller, volume.id, false);
    clock.advance(10_000);
    return volume.id;
  }

  detachVolume(server: string, volumeId: string): void {
    const { compute, clock } = this.world;
    compute.attachments.detachVolume(this.server(server), volumeId);
    clock.advance(10_000);
  }

  /** Members and volumes of which more than one image or snapshot was made and not refused. */
  madeTwice(): string[] {
    const made = this.world.requests
      .filter(({ action }) => action === "createImage" || action === "createSnapshot")
      .filter(({ service, status }) => service !== "image" && status >= 200 && status < 400)
      .map(({ path }) => path);
    return made.filter((path, i) => path.endsWith("/action") && made.indexOf(path) !== i);
  }

  private server(name: string) {
    const server = this.world.compute.servers.all().find((it) => it.name === name);
    if (server === undefined) throw new RangeError(`there is no server ${name}`);
    return server;
  }

  /** How often an action was asked for, e.g. `compute createImage`. */
  asked(action: string): number {
    return this.world.requests.counts()[action] ?? 0;
  }

  capture(inputs: CaptureInputs): Promise<CaptureOutputs> {
    return this.providers.capture(inputs);
  }

  resume(kept: CaptureOutputs, inputs: CaptureInputs): Promise<CaptureOutputs> {
    return this.providers.resume(kept, inputs);
  }

  forget(snapId: string, deletionPolicy: "Delete" | "Retain"): Promise<void> {
    return this.providers.forget(snapId, deletionPolicy);
  }

  remove(kept: CaptureOutputs): Promise<void> {
    return this.providers.remove(kept);
  }

  /** @param nodes that boot from images, without volumes; null for the set's own environment */
  select(
    snapId: string,
    nodes: Pick<WantedNode, "name" | "role">[] | null = null,
  ): Promise<SelectionOutputs> {
    const plain = { flavor: "hotstack.small", bootsFromVolume: false, volumes: [] };
    const wanted = nodes?.map((node) => ({ ...plain, ...node })) ?? null;
    return this.providers.select(snapId, wanted);
  }
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
    consistency: "shutdown",
    volumes: {},
    parallelImages: 16,
    imagesPerHost: 5,
    shutdownTimeout: 60_000,
    deadlines: { stop: 60_000, images: 60_000, idle: 30_000 },
    cluster: null,
    deletionPolicy: "Delete",
    afterCapture: "leave",
    onFailure: "giveBack",
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
