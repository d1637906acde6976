import { gunzipSync, gzipSync } from "node:zlib";
import { z } from "zod";
import { InputError } from "../common/errors";
import { schemaVersion } from "./identity";
import { problemsOf } from "./problems";
import { roles } from "./roles";

/** Glance answers an HTTP 500 to a property of more bytes. */
const maxPropertyBytes = 65_535;
const gzipPrefix = "gzip:";

const time = z.iso.datetime();

const member = z.object({
  name: z.string(),
  role: z.enum(roles),
  imageId: z.string(),
  imageName: z.string(),
  serverId: z.string(),
  macAddresses: z.array(z.string()),
  sizeBytes: z.int().nonnegative(),
  minDiskGb: z.int().nonnegative(),
  hashAlgo: z.string().nullable(),
  hashValue: z.string().nullable(),
  /** How the server went down: `found` was off before, `stopped` was stopped by the capture. */
  stop: z.enum(["found", "stopped"]),
  /** Volumes of the node that are not part of the set. */
  excludedVolumes: z.array(z.string()),
});

const clusterFacts = z.object({
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

const phase = z.object({
  name: z.string(),
  startedAt: time,
  endedAt: time,
  evidence: z.string(),
});

const manifest = z.object({
  schemaVersion: z.literal(schemaVersion),
  snapId: z.string(),
  environmentName: z.string(),
  capturedAt: time,
  /** The earliest expiry of a certificate that the cluster needs to come back. */
  notAfter: time.nullable(),
  members: z.array(member).min(1),
  cluster: clusterFacts.nullable(),
  phases: z.array(phase),
  /** The environment as its stack declared it; null when only the servers were named. */
  environment: z.unknown(),
});

/** The set's own description, stored with its anchor. */
export type Manifest = z.output<typeof manifest>;
export type ManifestMember = Manifest["members"][number];
export type ClusterFacts = z.output<typeof clusterFacts>;
/** One step of a capture or a revive, with its evidence and timing. */
export type PhaseRecord = z.output<typeof phase>;

/**
 * The manifest as one Glance property: JSON, or `gzip:` and base64 where JSON is too long.
 *
 * @throws {RangeError} when even the compressed form does not fit
 */
export function encodeManifest(data: Manifest): string {
  const json = JSON.stringify(data);
  if (Buffer.byteLength(json) <= maxPropertyBytes) return json;
  const packed = gzipPrefix + gzipSync(json, { level: 9 }).toString("base64");
  if (packed.length <= maxPropertyBytes) return packed;
  throw new RangeError(
    `the manifest of ${data.snapId} has ${packed.length} bytes even compressed; ` +
      `a Glance property holds ${maxPropertyBytes}`,
  );
}

/**
 * @param source the image that holds the property; stands in front of the problems
 * @throws {InputError} when the text is no manifest, or one of a newer schema
 */
export function decodeManifest(text: string, source: string): Manifest {
  const data = parseJson(text, source);
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

function parseJson(text: string, source: string): unknown {
  try {
    const json = text.startsWith(gzipPrefix)
      ? gunzipSync(Buffer.from(text.slice(gzipPrefix.length), "base64")).toString("utf8")
      : text;
    return JSON.parse(json);
  } catch (error) {
    throw new InputError(source, [`the manifest cannot be read: ${(error as Error).message}`]);
  }
}
