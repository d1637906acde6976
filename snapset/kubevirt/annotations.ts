import { decodeManifest, type Manifest } from "../manifest";
import { manifestProperty } from "../identity";
import { packText, unpackText } from "../packedText";
import { manifestAnnotation } from "./identity";

/** Kubernetes takes so many bytes of an object's annotations, keys and values together. */
const maxTotalBytes = 256 * 1024;
/** What other annotations of the anchor may need: ours, and those of kubectl and the console. */
const reservedBytes = 32 * 1024;

/**
 * The manifest as annotations of the anchor's snapshot.
 *
 * @throws {RangeError} when it does not fit
 */
export function manifestAnnotations(manifest: Manifest): Record<string, string> {
  const packed = packText(manifestAnnotation, JSON.stringify(manifest));
  const bytes = Object.entries(packed).reduce(
    (sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value),
    0,
  );
  if (bytes <= maxTotalBytes - reservedBytes) return packed;
  throw new RangeError(
    `the manifest has ${bytes} bytes even compressed; ` +
      `annotations of one object hold ${maxTotalBytes - reservedBytes}`,
  );
}

/** Whether annotations hold a manifest. */
export function hasManifest(annotations: Readonly<Record<string, string>> = {}): boolean {
  return annotations[manifestAnnotation] !== undefined;
}

/** Every annotation that holds a part of the manifest, to be removed. */
export function withoutManifest(
  annotations: Readonly<Record<string, string>> = {},
): Record<string, null> {
  const keys = Object.keys(annotations).filter((key) => key.startsWith(manifestAnnotation));
  return Object.fromEntries(keys.map((key) => [key, null]));
}

/**
 * @param source names the snapshot; stands in front of the problems
 * @throws {InputError} when it cannot be read, or is of a newer schema
 */
export function manifestIn(
  annotations: Readonly<Record<string, string>>,
  source: string,
): Manifest {
  const text = unpackText(manifestAnnotation, annotations, source);
  return decodeManifest({ [manifestProperty]: text }, source);
}
