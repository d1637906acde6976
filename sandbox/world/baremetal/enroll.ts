import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Guests } from "../guests";
import type { Identity } from "../identity";
import type { Ids } from "../ids";
import type { Images } from "../images";
import type { WorldClock } from "../worldClock";
import { DiskFile } from "./DiskFile";
import { Machine } from "./Machine";
import type { Ramdisk } from "./Ramdisk";
import type {
  BareMetalNode,
  BareMetalNodeOptions,
  BareMetalPort,
  DiskOptions,
  NodeFields,
} from "./records";
import { chooseRootDevice } from "./rootDevice";

/** What a new node or port needs. */
export interface EnrollParts {
  clock: WorldClock;
  ids: Ids;
}

/** What a machine needs besides. */
export interface MachineParts extends EnrollParts {
  images: Images;
  guests: Guests;
  identity: Identity;
  /** Where the files of disks are. */
  directory: string;
  netboot: (machine: Machine) => Ramdisk;
}

/** What is put up for one machine. */
export interface Enrolled {
  node: BareMetalNode;
  ports: BareMetalPort[];
  machine: Machine;
}

const gib = 2 ** 30;

/** What is said of a node that nothing is said of. */
const blank = {
  name: null,
  driver: "fake-hardware",
  driver_info: {},
  extra: {},
  instance_info: {},
  instance_uuid: null,
  properties: {},
  owner: null,
  lessee: null,
  description: null,
  resource_class: null,
  maintenance: false,
  protected: false,
  protected_reason: null,
  retired: false,
  retired_reason: null,
  network_data: {},
  automated_clean: null,
  conductor_group: "",
  chassis_uuid: null,
  shard: null,
};

/** Puts up a machine, enrolled in Ironic and available, or active with an image. */
export function enroll(options: BareMetalNodeOptions, parts: MachineParts): Enrolled {
  const {
    name,
    macs = [`52:54:00${parts.ids.mac().slice(8)}`],
    disks = [{ sizeGib: 8 }],
  } = options;
  const node = newNode(
    {
      name,
      driver: "ipmi",
      driver_info: { ipmi_address: `${name}.bmc.invalid` },
      owner: parts.identity.project(options.owner ?? "demo").id,
      resource_class: "baremetal",
      properties: {
        cpus: 4,
        cpu_arch: "x86_64",
        memory_mb: 16384,
        local_gb: disks[0]?.sizeGib ?? 0,
        ...(options.rootDevice === undefined ? {} : { root_device: options.rootDevice }),
      },
      ...interfacesOf("ipmi"),
      snapshot_interface: options.snapshotInterface ?? "agent",
    },
    parts,
  );
  node.provisionState = "available";
  node.powerState = "power off";
  const machine = machineFor(node, macs, disks, parts);
  if (options.image !== undefined) activate(node, machine, options.image, parts);
  return { node, machine, ports: macs.map((mac) => newPort(node.uuid, mac, parts)) };
}

/** A node as it is after it was declared: `enroll`, and nobody knows its power. */
export function newNode(fields: Partial<NodeFields>, { clock, ids }: EnrollParts): BareMetalNode {
  return {
    uuid: ids.uuid(),
    fields: {
      ...structuredClone(blank),
      ...interfacesOf(fields.driver ?? blank.driver),
      ...fields,
    },
    provisionState: "enroll",
    targetProvisionState: null,
    provisionUpdatedAt: null,
    powerState: null,
    targetPowerState: null,
    lastError: null,
    maintenanceReason: null,
    reservation: null,
    driverInternalInfo: {},
    createdAt: clock.now(),
    updatedAt: null,
  };
}

/** A network card of a node. */
export function newPort(
  nodeUuid: string,
  address: string,
  { clock, ids }: EnrollParts,
): BareMetalPort {
  return {
    uuid: ids.uuid(),
    nodeUuid,
    address: address.toLowerCase(),
    physicalNetwork: null,
    isPxeEnabled: true,
    internalInfo: {},
    extra: {},
    createdAt: clock.now(),
    updatedAt: null,
  };
}

/** The driver interfaces that a node of a driver has unless it is told otherwise. */
export function interfacesOf(driver: string) {
  const isFake = driver === "fake-hardware";
  const own = (kind: string) => (isFake ? "fake" : kind);
  return {
    bios_interface: own("no-bios"),
    boot_interface: own("ipxe"),
    console_interface: own("no-console"),
    deploy_interface: own("direct"),
    inspect_interface: own("no-inspect"),
    management_interface: own("ipmitool"),
    network_interface: "noop",
    power_interface: own("ipmitool"),
    raid_interface: own("no-raid"),
    rescue_interface: own("no-rescue"),
    snapshot_interface: own("no-snapshot"),
    storage_interface: "noop",
    vendor_interface: own("no-vendor"),
  };
}

function machineFor(
  node: BareMetalNode,
  macs: readonly string[],
  disks: readonly DiskOptions[],
  parts: MachineParts,
): Machine {
  const directory = join(parts.directory, node.uuid);
  mkdirSync(directory);
  const files = disks.map(({ sizeGib, ...disk }, index) => {
    const device = { name: `/dev/sd${"abcdefgh".charAt(index)}`, size: sizeGib * gib, ...disk };
    return new DiskFile(device, join(directory, `${index}.raw`));
  });
  const chassis = {
    serverId: node.uuid,
    projectId: node.fields.owner ?? "",
    name: () => node.fields.name ?? node.uuid,
    metadata: () => ({}),
    imageProperties: () =>
      parts.images.get(String(node.fields.instance_info["image_source"]))?.properties ?? {},
    nics: () => macs.map((mac) => ({ networkId: "", mac, ips: [] })),
    volumes: () => [],
  };
  return new Machine(chassis, macs, files, parts.guests, parts.netboot);
}

function activate(node: BareMetalNode, machine: Machine, name: string, parts: MachineParts): void {
  const image = parts.images.all().find((candidate) => candidate.name === name);
  if (image === undefined) throw new RangeError(`There is no image ${name}.`);
  const devices = machine.disks.map((disk) => ({ ...disk.device, disk }));
  const hints = node.fields.properties["root_device"] as Record<string, unknown> | undefined;
  chooseRootDevice(devices, hints).disk.install(parts.images.contentOf(image), parts.ids);
  node.fields.instance_info = { image_source: image.id, image_type: "whole-disk" };
  node.driverInternalInfo = { is_whole_disk_image: true };
  node.provisionState = "active";
  node.provisionUpdatedAt = parts.clock.now();
  node.powerState = "power on";
  machine.powerOn();
}
