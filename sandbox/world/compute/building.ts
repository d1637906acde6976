import { emptyDisk, type Chassis, type DiskContent } from "../guest";
import type { Caller } from "../identity";
import type { Image } from "../images";
import { portNotFound } from "../network/ports";
import { isVisible } from "../network/networks";
import { Refusal } from "../refusal";
import type { Volume } from "../blockStorage/records";
import type { ComputeContext } from "./context";
import { mappedDevices } from "./imageMapping";
import type { Flavor, Server, ServerVolume } from "./records";
import { Scheduler } from "./Scheduler";
import type { ServerGroups } from "./serverGroups";
import type { Servers } from "./servers";

/** One entry of a request's `networks`. */
export interface NetworkRequest {
  port?: string | undefined;
  uuid?: string | undefined;
  fixed_ip?: string | undefined;
}

/** One entry of a request's `block_device_mapping_v2`. */
export interface BlockDevice {
  source_type: "image" | "volume" | "snapshot" | "blank";
  destination_type: "local" | "volume";
  uuid?: string | undefined;
  boot_index?: number | null | undefined;
  volume_size?: number | undefined;
  delete_on_termination?: boolean | undefined;
}

/** What a request may say about a new server. */
export interface ServerOptions {
  name: string;
  flavorId: string;
  imageId: string;
  networks: NetworkRequest[] | "none" | "auto" | undefined;
  blockDevices: BlockDevice[];
  metadata?: Record<string, string> | undefined;
  securityGroups?: string[] | undefined;
  keyName?: string | undefined;
  userData?: string | undefined;
  hasConfigDrive?: boolean | undefined;
  tags?: string[] | undefined;
  description?: string | undefined;
  /** The scheduler's hint. */
  groupId?: string | undefined;
  requestId: string;
}

/** When a new server reaches which task_state, in modelled milliseconds; at the last it is active. */
const buildSteps = { networkingMs: 500, mappingMs: 1_500, spawningMs: 3_000, activeMs: 8_000 };

/** What a server boots from: an image, or a volume that remembers the image that it was made from. */
interface RootDisk {
  content: DiskContent;
  image?: Image;
  properties: Record<string, string>;
}

/** Makes servers: everything that Nova refuses at once, and then the build in its steps. */
export class Building {
  readonly #scheduler: Scheduler;

  constructor(
    private readonly servers: Servers,
    private readonly context: ComputeContext,
    private readonly groups: ServerGroups,
  ) {
    this.#scheduler = new Scheduler(context.hosts, groups, () => servers.all());
  }

  /** @throws {Refusal} before anything is made */
  create(who: Caller, given: ServerOptions): Server {
    const mapped = mappedDevices(this.context.images.get(given.imageId));
    const options = { ...given, blockDevices: [...mapped, ...given.blockDevices] };
    const flavor = this.#flavor(options.flavorId);
    const root = this.#rootDisk(who, options, flavor);
    this.#checkQuota(who, flavor);
    const volumes = this.#existingVolumes(who, options.blockDevices);
    const networks = this.#networks(who, options.networks);
    this.#checkGroup(who, options.groupId);
    const server = this.#record(who, options, flavor, root);
    this.#attach(server, who, options.blockDevices, volumes);
    this.servers.add(server);
    this.#wire(server, who, networks);
    const rootVolume = server.volumes.find((volume) => volume.isRoot);
    const chassis = this.#chassis(server);
    const volume = this.context.volumes.get(rootVolume?.volumeId ?? "");
    // A guest on a volume writes to the volume itself: one object, seen from both sides.
    if (volume === undefined) this.context.guests.create(chassis, root.content);
    else this.context.guests.createOn(chassis, volume);
    this.#build(server);
    return server;
  }

  #checkGroup(who: Caller, id: string | undefined): void {
    if (id === undefined || this.groups.get(id)?.projectId === who.projectId) return;
    throw new Refusal(400, `Instance group ${id} could not be found.`);
  }

  #flavor(id: string): Flavor {
    const flavor = this.servers.flavors.find((candidate) => candidate.id === id);
    if (flavor === undefined) throw new Refusal(400, `Flavor ${id} could not be found.`);
    return flavor;
  }

  #rootDisk(who: Caller, options: ServerOptions, flavor: Flavor): RootDisk {
    const device = options.blockDevices.find((candidate) => candidate.boot_index === 0);
    const imageId = device?.source_type === "image" ? (device.uuid ?? "") : options.imageId;
    if (imageId === "") {
      if (device === undefined) throw new Refusal(400, "Missing imageRef attribute");
      return { content: emptyDisk(), properties: this.#imageOf(device) };
    }
    const { images } = this.context;
    const image = images.get(imageId);
    if (image === undefined || !images.isVisible(image, who)) {
      throw new Refusal(400, "Can not find requested image");
    }
    if (image.status !== "active") throw new Refusal(400, `Image ${imageId} is not active.`);
    if (flavor.ram < image.minRam) {
      throw new Refusal(400, "Flavor's memory is too small for requested image.");
    }
    if (device?.destination_type !== "volume" && flavor.disk < image.minDisk) {
      throw new Refusal(
        400,
        `Flavor's disk is smaller than the minimum size specified in image metadata. Flavor disk is ${flavor.disk * 2 ** 30} bytes, minimum size is ${image.minDisk * 2 ** 30} bytes.`,
      );
    }
    return { content: images.contentOf(image), image, properties: image.properties };
  }

  #imageOf({ source_type, uuid = "" }: BlockDevice): Record<string, string> {
    const { volumes } = this.context;
    const id = source_type === "snapshot" ? volumes.snapshotStore.get(uuid)?.volumeId : uuid;
    return { ...volumes.get(id ?? "")?.imageProperties };
  }

  #checkQuota(who: Caller, flavor: Flavor): void {
    const own = this.servers.all().filter((server) => server.projectId === who.projectId);
    const sum = (count: (flavor: Flavor) => number) =>
      own.reduce((total, server) => total + count(server.flavor), 0);
    const resources = [
      { name: "instances", used: own.length, wanted: 1 },
      { name: "cores", used: sum((f) => f.vcpus), wanted: flavor.vcpus },
      { name: "ram", used: sum((f) => f.ram), wanted: flavor.ram },
    ];
    for (const { name, used, wanted } of resources) {
      const limit = this.context.quotas[name] ?? -1;
      if (limit < 0 || used + wanted <= limit) continue;
      throw new Refusal(
        403,
        `Quota exceeded for ${name}: Requested ${wanted}, but already used ${used} of ${limit} ${name}`,
      );
    }
  }

  #existingVolumes(who: Caller, devices: readonly BlockDevice[]): Map<BlockDevice, Volume> {
    const volumes = new Map<BlockDevice, Volume>();
    for (const device of devices) {
      const id = device.uuid ?? "";
      if (device.source_type === "snapshot") this.#checkSnapshot(who, id);
      if (device.source_type !== "volume") continue;
      const volume = this.context.volumes.get(id);
      if (volume?.projectId !== who.projectId) {
        throw new Refusal(400, `Block Device Mapping is Invalid: failed to get volume ${id}.`);
      }
      if (volume.status !== "available") {
        throw new Refusal(
          400,
          `Invalid volume: volume '${id}' status must be 'available'. Currently in '${volume.status}'`,
        );
      }
      volumes.set(device, volume);
    }
    return volumes;
  }

  #checkSnapshot(who: Caller, id: string): void {
    const snapshot = this.context.volumes.snapshotStore.get(id);
    if (snapshot?.projectId === who.projectId) return;
    throw new Refusal(400, `Block Device Mapping is Invalid: failed to get snapshot ${id}.`);
  }

  #networks(who: Caller, wanted: ServerOptions["networks"]): NetworkRequest[] {
    const { tables } = this.context.networking;
    if (wanted === "none") return [];
    if (wanted !== undefined && wanted !== "auto") {
      for (const request of wanted) this.#checkNetwork(who, request);
      return wanted;
    }
    const own = [...tables.networks.values()].filter(
      (network) => network.project_id === who.projectId && !network["router:external"],
    );
    if (own.length > 1) {
      throw new Refusal(
        409,
        "Multiple possible networks found, use a Network ID to be more specific.",
      );
    }
    return own.map((network) => ({ uuid: network.id }));
  }

  #checkNetwork(who: Caller, { port: portId, uuid }: NetworkRequest): void {
    const { tables } = this.context.networking;
    if (portId !== undefined) {
      const port = tables.ports.get(portId);
      if (port?.project_id !== who.projectId) {
        throw new Refusal(400, `Port id ${portId} could not be found.`);
      }
      if (port.device_id !== "") throw new Refusal(409, `Port ${portId} is still in use.`);
      return;
    }
    const network = tables.networks.get(uuid ?? "");
    if (network === undefined || !isVisible(network, who)) {
      throw new Refusal(400, `Network ${uuid ?? ""} could not be found.`);
    }
  }

  #record(who: Caller, options: ServerOptions, flavor: Flavor, root: RootDisk): Server {
    const { image, properties } = root;
    const now = this.context.clock.now();
    const isVolumeBacked = options.blockDevices.some(
      (device) => device.boot_index === 0 && device.destination_type === "volume",
    );
    return {
      id: this.context.ids.uuid(),
      name: options.name,
      projectId: who.projectId,
      userId: who.userId,
      vmState: "building",
      taskState: "scheduling",
      host: "",
      groupId: options.groupId,
      flavor,
      imageId: isVolumeBacked ? "" : (image?.id ?? ""),
      imageProperties: { ...properties },
      imageMinDisk: image?.minDisk ?? 0,
      imageSize: image?.size ?? 0,
      metadata: { ...options.metadata },
      keyName: options.keyName ?? null,
      userData: options.userData ?? null,
      hasConfigDrive: options.hasConfigDrive ?? false,
      tags: options.tags ?? [],
      description: options.description ?? options.name,
      isLocked: false,
      portIds: [],
      ownPortIds: new Set(),
      volumes: [],
      createdAt: now,
      updatedAt: now,
      launchedAt: null,
      fault: null,
      actions: [
        {
          action: "create",
          requestId: options.requestId,
          startedAt: now,
          userId: who.userId,
          message: null,
        },
      ],
    };
  }

  #wire(server: Server, who: Caller, networks: readonly NetworkRequest[]): void {
    const { ports, tables } = this.context.networking;
    for (const { port: portId, uuid, fixed_ip } of networks) {
      if (portId !== undefined) {
        const port = tables.ports.get(portId);
        if (port === undefined) throw portNotFound(portId);
        ports.bind(port, server.id, "compute:nova", "DOWN");
        server.portIds.push(portId);
        continue;
      }
      const port = ports.create(who.projectId, uuid ?? "", {
        device_id: server.id,
        device_owner: "compute:nova",
        ...(fixed_ip === undefined ? {} : { fixed_ips: [{ ip_address: fixed_ip }] }),
      });
      server.ownPortIds.add(port.id);
      server.portIds.push(port.id);
    }
  }

  #attach(
    server: Server,
    who: Caller,
    devices: readonly BlockDevice[],
    existing: ReadonlyMap<BlockDevice, Volume>,
  ): void {
    for (const device of devices) {
      if (device.destination_type !== "volume") continue;
      const volume = existing.get(device) ?? this.#newVolume(who, device);
      this.context.volumes.setStatus(volume, "reserved");
      const isRoot = device.boot_index === 0;
      const mapping: ServerVolume = {
        volumeId: volume.id,
        device: isRoot ? "/dev/vda" : nextDevice(server),
        deleteOnTermination: device.delete_on_termination ?? false,
        attachmentId: this.context.ids.uuid(),
        mappingId: this.context.ids.uuid(),
        isRoot,
      };
      server.volumes.push(mapping);
    }
  }

  #newVolume(who: Caller, device: BlockDevice): Volume {
    return this.context.volumes.create(who, {
      size: device.volume_size,
      name: "",
      description: "",
      ...(device.source_type === "image" ? { imageId: device.uuid } : {}),
      ...(device.source_type === "snapshot" ? { snapshotId: device.uuid } : {}),
    });
  }

  #chassis(server: Server): Chassis {
    const { tables } = this.context.networking;
    return {
      serverId: server.id,
      projectId: server.projectId,
      name: () => server.name,
      metadata: () => ({ ...server.metadata }),
      imageProperties: () => ({ ...server.imageProperties }),
      nics: () =>
        server.portIds.flatMap((portId) => {
          const port = tables.ports.get(portId);
          if (port === undefined) return [];
          const ips = port.fixed_ips.map((ip) => ip.ip_address);
          return [{ networkId: port.network_id, mac: port.mac_address, ips }];
        }),
      volumes: () =>
        server.volumes.flatMap(({ volumeId, device, isRoot }) => {
          const volume = isRoot ? undefined : this.context.volumes.get(volumeId);
          return volume === undefined ? [] : [{ volumeId, device, content: volume.content }];
        }),
    };
  }

  #build(server: Server): void {
    const { clock, faults } = this.context;
    const names = [server.name, server.id];
    const fails = faults.hasEffect("bootFails", "createServer", names);
    const step = (ms: number, action: () => void) =>
      clock.after(ms, () => {
        const isBuilding = server.vmState === "building" && server.taskState !== "deleting";
        if (this.servers.get(server.id) === server && isBuilding) action();
      });
    step(buildSteps.networkingMs, () => {
      const host = fails ? undefined : this.#scheduler.place(server);
      if (host === undefined) {
        this.#fail(server);
        return;
      }
      server.host = host;
      this.servers.setTask(server, "networking");
    });
    step(buildSteps.mappingMs, () => {
      this.servers.setTask(server, "block_device_mapping");
      for (const mapping of server.volumes) attachVolume(this.context, server, mapping);
    });
    step(buildSteps.spawningMs, () => {
      this.servers.setTask(server, "spawning");
    });
    step(buildSteps.activeMs, () => {
      server.launchedAt = clock.now();
      this.servers.setState(server, "active", null);
      this.servers.setPortStatus(server, "ACTIVE");
      const guest = this.servers.guest(server);
      if (guest !== undefined) this.context.guests.powerOn(guest);
    });
  }

  #fail(server: Server): void {
    const message = "No valid host was found. There are not enough hosts available.";
    server.fault = { code: 500, message, created: this.context.clock.now() };
    this.servers.setState(server, "error", null);
  }
}

/** The next free /dev/vdX; vda is the root disk. */
export function nextDevice(server: Server): string {
  const taken = new Set(server.volumes.map((volume) => volume.device));
  const letter =
    "bcdefghijklmnopqrstuvwxyz".split("").find((l) => !taken.has(`/dev/vd${l}`)) ?? "z";
  return `/dev/vd${letter}`;
}

/** Marks a volume as in use by a server. */
export function attachVolume(context: ComputeContext, server: Server, mapping: ServerVolume): void {
  const volume = context.volumes.get(mapping.volumeId);
  if (volume === undefined) return;
  volume.attachments = [
    {
      attachmentId: mapping.attachmentId,
      serverId: server.id,
      device: mapping.device,
      attachedAt: context.clock.now(),
    },
  ];
  context.volumes.setStatus(volume, "in-use");
}
