import type { Caller } from "../identity";
import type { Image } from "../images";
import { Refusal } from "../refusal";
import type { DiskContent } from "../guest";
import type { ComputeContext } from "./context";
import type { Server } from "./records";
import type { Servers } from "./servers";

/** Nova's `max_concurrent_snapshots`, per compute host. */
const maxConcurrentSnapshots = 5;
/** Modelled time per GB of the flavor's disk: first the extraction, then the upload. */
const extractMsPerGb = 12_000;
const uploadMsPerGb = 18_000;
/** Nova cuts inherited properties to what its own database holds. */
const maxInheritedLength = 255;

/** What a snapshot of any server under libvirt gets from Nova, whatever the base image says. */
const libvirtDefaults = {
  hw_machine_type: "pc",
  hw_cdrom_bus: "ide",
  hw_input_bus: "usb",
  hw_pointer_model: "usbtablet",
  hw_video_model: "virtio",
};

/** createImage: queued → saving → active, with the server's task_state alongside. */
export class Snapshots {
  readonly #running = new Map<string, number>();
  readonly #waiting: { host: string; start: () => void }[] = [];

  constructor(
    private readonly servers: Servers,
    private readonly context: ComputeContext,
  ) {}

  /** @throws {Refusal} 409 in a wrong state or while another task runs; a lock does not matter */
  create(server: Server, who: Caller, name: string, metadata: Record<string, string>): Image {
    this.servers.require(server, "createImage", ["active", "stopped", "paused", "suspended"]);
    if (server.imageId === "") return this.#snapshotVolumes(server, who, name, metadata);
    const image = this.context.images.create(server.projectId, {
      name,
      visibility: "private",
      minDisk: Math.max(server.imageMinDisk, server.flavor.disk),
      properties: this.#properties(server, who, metadata),
    });
    this.servers.setTask(server, "image_snapshot_pending");
    this.#whenHostIsFree(server.host, () => {
      this.#run(server, image, [name, image.id, server.name, server.id]);
    });
    return image;
  }

  #properties(server: Server, who: Caller, metadata: Record<string, string>) {
    const inherited = Object.entries(server.imageProperties).map(
      ([key, value]): [string, string] => [key, value.slice(0, maxInheritedLength)],
    );
    return {
      ...Object.fromEntries(inherited),
      base_image_ref: server.imageId,
      owner_user_name: who.userName,
      owner_project_name: who.projectName,
      boot_roles: who.roles.join(","),
      ...libvirtDefaults,
      instance_uuid: server.id,
      user_id: server.userId,
      image_type: "snapshot",
      ...metadata,
    };
  }

  #whenHostIsFree(host: string, start: () => void): void {
    const running = this.#running.get(host) ?? 0;
    if (running >= maxConcurrentSnapshots) {
      this.#waiting.push({ host, start });
      return;
    }
    this.#running.set(host, running + 1);
    start();
  }

  #release(host: string): void {
    const next = this.#waiting.findIndex((waiting) => waiting.host === host);
    const [waiting] = next === -1 ? [] : this.#waiting.splice(next, 1);
    if (waiting === undefined) this.#running.set(host, (this.#running.get(host) ?? 1) - 1);
    else waiting.start();
  }

  #run(server: Server, image: Image, names: readonly string[]): void {
    const { clock, faults, images } = this.context;
    const hits = (effect: "imageVanishes" | "imageStuckQueued" | "imageStuckSaving") =>
      faults.hasEffect(effect, "createImage", names);
    const vanishes = hits("imageVanishes");
    const staysQueued = hits("imageStuckQueued");
    const staysSaving = hits("imageStuckSaving");
    let content: DiskContent | undefined;
    const gigabytes = Math.max(server.flavor.disk, 0.1);
    this.#step(server, image, 0, () => {
      this.servers.setTask(server, "image_snapshot");
    });
    this.#step(server, image, 500, () => {
      this.servers.setTask(server, "image_pending_upload");
      const guest = this.servers.guest(server);
      content = guest === undefined ? undefined : this.context.guests.captureDisk(guest);
    });
    const extracted = extractMsPerGb * gigabytes;
    this.#step(server, image, extracted, () => {
      if (staysQueued) {
        // What a restart of nova-compute leaves behind: no task, and nobody who goes on.
        this.#finish(server);
        return;
      }
      this.servers.setTask(server, "image_uploading");
      image.status = "saving";
      image.diskFormat = "qcow2";
      image.containerFormat = "bare";
      images.touch(image);
    });
    clock.after(extracted + uploadMsPerGb * gigabytes, () => {
      if (staysQueued || staysSaving) return;
      const isGone = this.servers.get(server.id) !== server || server.taskState === "deleting";
      if (vanishes || isGone) images.remove(image.id);
      else if (images.get(image.id) === image) this.#activate(server, image, content);
      this.#finish(server);
    });
  }

  #activate(server: Server, image: Image, content: DiskContent | undefined): void {
    Object.assign(image.properties, {
      owner_id: server.projectId,
      image_state: "available",
      image_location: "snapshot",
    });
    const bytes = Buffer.byteLength(JSON.stringify(content ?? {}));
    this.context.images.setContent(
      image,
      content,
      server.imageSize + bytes,
      server.flavor.disk * 2 ** 30,
    );
  }

  #finish(server: Server): void {
    if (server.taskState !== "deleting") this.servers.setTask(server, null);
    this.#release(server.host);
  }

  #step(server: Server, image: Image, ms: number, action: () => void): void {
    this.context.clock.after(ms, () => {
      const isThere = this.servers.get(server.id) === server;
      const isWanted = this.context.images.get(image.id) === image;
      if (isThere && isWanted && server.taskState !== "deleting") action();
    });
  }

  /** A volume-backed server: an empty image, active at once, and a Cinder snapshot per volume. */
  #snapshotVolumes(
    server: Server,
    who: Caller,
    name: string,
    metadata: Record<string, string>,
  ): Image {
    const { images, volumes } = this.context;
    const mappings = server.volumes.map(({ volumeId, device, deleteOnTermination, isRoot }) => {
      const volume = volumes.get(volumeId);
      if (volume === undefined) throw new Refusal(404, `Volume ${volumeId} could not be found.`);
      const guest = this.servers.guest(server);
      if (isRoot && guest !== undefined) this.context.guests.captureDisk(guest);
      const snapshot = this.#volumeSnapshot(who, volumeId, `snapshot for ${name}`);
      return {
        source_type: "snapshot",
        destination_type: "volume",
        snapshot_id: snapshot.id,
        volume_size: volume.size,
        device_name: device,
        boot_index: isRoot ? 0 : null,
        delete_on_termination: deleteOnTermination,
      };
    });
    const image = images.create(server.projectId, {
      name,
      visibility: "private",
      minDisk: server.imageMinDisk,
      properties: {
        ...this.#properties(server, who, metadata),
        base_image_ref: "",
        root_device_name: "/dev/vda",
        bdm_v2: "True",
        block_device_mapping: JSON.stringify(mappings),
      },
    });
    images.setContent(image, undefined, 0, 0);
    image.checksum = null;
    image.hashValue = null;
    return image;
  }

  #volumeSnapshot(who: Caller, volumeId: string, name: string) {
    try {
      return this.context.volumes.createSnapshot(who, volumeId, { name, force: true });
    } catch (error) {
      // Nova answers 403 where Cinder says that the quota is used up.
      if (error instanceof Refusal && error.status === 413) throw new Refusal(403, error.message);
      throw error;
    }
  }
}
