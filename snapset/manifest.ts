import { z } from "zod";
import { InputError } from "../common/errors";
import { manifestProperty, schemaVersion } from "./identity";
import { platformNames } from "./platforms";
import { packText, unpackText } from "./packedText";
import { problemsOf } from "./problems";
import { roles } from "./roles";

/**
 * What a set does with a volume: its data are in the set (`include`), a restore makes a blank one
 * (`empty`), or none (`exclude`).
 */
export const volumePolicies = ["include", "empty", "exclude"] as const;
export type VolumePolicy = (typeof volumePolicies)[number];

/**
 * How a server went down.
 * - `found`: it was off before
 * - `inside`: the cluster shut its node down
 * - `graceful`: it answered the power button before Nova's patience ended
 * - `forced`: Nova pulled the plug
 * - `stopped`: the capture stopped it, how is not known
 * - `running`: it was imaged while it ran
 */
export const stops = ["found", "inside", "graceful", "forced", "stopped", "running"] as const;
export type Stop = (typeof stops)[number];

/** KubeVirt's words for what a snapshot of a machine is worth. */
export const indications = [
  "Online",
  "GuestAgent",
  "NoGuestAgent",
  "QuiesceTimeout",
  "Paused",
  "PartialSnapshot",
] as const;
export type Indication = (typeof indications)[number];

/** What runs while the set is made: nothing, or the servers, with their file systems frozen or not. */
export const consistencies = ["shutdown", "quiesce", "crash"] as const;
export type Consistency = (typeof consistencies)[number];

const time = z.iso.datetime();

const volume = z.object({
  /** Cinder's name of it, else its id; by it a volume of an environment finds its snapshot. */
  name: z.string(),
  volumeId: z.string(),
  /** As Nova attached it: `/dev/vdb`. */
  device: z.string().nullable(),
  /** GiB. */
  sizeGb: z.int().nonnegative(),
  type: z.string().nullable(),
  /** Whether the server boots from it. */
  isRoot: z.boolean(),
  policy: z.enum(volumePolicies),
  /** Null for a volume that the set does not hold. */
  snapshotId: z.string().nullable(),
});

/** Of a member that is a virtual machine of KubeVirt. */
const virtualMachine = z.object({
  namespace: z.string(),
  name: z.string(),
  /** The VirtualMachineSnapshotContent that its snapshot is bound to. */
  contentName: z.string(),
  /** What the snapshot was made by: `snapshot.kubevirt.io/v1beta1`, or the version before. */
  apiVersion: z.string(),
});

/** Of a member that is a bare-metal node of Ironic. */
const bareMetal = z.object({
  nodeName: z.string().nullable(),
  driver: z.string(),
  /** The hints by which Ironic finds the root device; null where it takes its own choice. */
  rootDevice: z.record(z.string(), z.unknown()).nullable().default(null),
});

const member = z.object({
  name: z.string(),
  role: z.enum(roles),
  platform: z.enum(platformNames).default("nova"),
  /** The image; of a virtual machine its VirtualMachineSnapshot, by uid and name. */
  imageId: z.string(),
  imageName: z.string(),
  /** The server, node or virtual machine that was captured. */
  serverId: z.string(),
  macAddresses: z.array(z.string()),
  /** Bytes; 0 for a server that boots from a volume: its image only names the snapshots. */
  sizeBytes: z.int().nonnegative(),
  /** GiB that a flavor's root disk must have at a restore. */
  minDiskGb: z.int().nonnegative(),
  hashAlgo: z.string().nullable(),
  hashValue: z.string().nullable(),
  flavor: z
    .object({ name: z.string(), vcpus: z.int(), ramMb: z.int(), diskGb: z.int() })
    .nullable()
    .default(null),
  stop: z.enum(stops),
  /** How long the stop took as it was seen, seconds; null when it was not timed. */
  stopSeconds: z.number().nonnegative().nullable().default(null),
  /** What was really obtained; none for a server that was off. */
  indications: z.array(z.enum(indications)).default([]),
  volumes: z.array(volume).default([]),
  virtualMachine: virtualMachine.nullable().default(null),
  bareMetal: bareMetal.nullable().default(null),
});

/** The schema of {@link ClusterFacts}. */
export const clusterFactsSchema = z.object({
  clusterId: z.string(),
  version: z.string(),
  nodes: z.array(
    z.object({
      name: z.string(),
      bootId: z.string(),
      /** Whether the node was unschedulable before the capture; it stays so after a revive. */
      cordoned: z.boolean(),
    }),
  ),
});

/** The schema of {@link PhaseRecord}. */
export const phaseSchema = z.object({
  name: z.string(),
  startedAt: time,
  endedAt: time,
  evidence: z.string(),
});

const manifest = z.object({
  schemaVersion: z.int().min(1).max(schemaVersion),
  snapId: z.string(),
  environmentName: z.string(),
  capturedAt: time,
  /** The earliest expiry of a certificate that the cluster needs to come back. */
  notAfter: time.nullable(),
  consistency: z.enum(consistencies).default("shutdown"),
  members: z.array(member).min(1),
  cluster: clusterFactsSchema.nullable(),
  phases: z.array(phaseSchema),
  /** The environment as its stack declared it; null when only the servers were named. */
  environment: z.unknown(),
});

/** The set's own description, stored with its anchor. */
export type Manifest = z.output<typeof manifest>;
export type ManifestMember = Manifest["members"][number];
export type ManifestVolume = ManifestMember["volumes"][number];
export type ClusterFacts = z.output<typeof clusterFactsSchema>;
/** One step of a capture or a revive, with its evidence and timing. */
export type PhaseRecord = z.output<typeof phaseSchema>;

/**
 * The manifest as properties of the anchor.
 *
 * @throws {RangeError} when it does not fit
 */
export function encodeManifest(data: Manifest): Record<string, string> {
  return packText(manifestProperty, JSON.stringify(data));
}

/**
 * @param properties of the image that holds the manifest
 * @param source names that image; stands in front of the problems
 * @throws {InputError} when there is no manifest, or one of a newer schema
 */
export function decodeManifest(
  properties: Readonly<Record<string, unknown>>,
  source: string,
): Manifest {
  const data = parseJson(properties, source);
  const version = (data as { schemaVersion?: unknown } | null)?.schemaVersion;
  if (typeof version === "number" && version > schemaVersion) {
    throw new InputError(source, [
      `the manifest has schema ${version}, this version of SnapSet reads up to ${schemaVersion}: update SnapSet`,
    ]);
  }
  const parsed = manifest.safeParse(data);
  if (!parsed.success) throw new InputError(source, problemsOf(parsed.error));
  return parsed.data;
}

function parseJson(properties: Readonly<Record<string, unknown>>, source: string): unknown {
  const text = unpackText(manifestProperty, properties, source);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError(source, [`the manifest cannot be read: ${(error as Error).message}`]);
  }
}
