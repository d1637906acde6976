import { schemaVersion } from "../identity";
import { isRole, type Role } from "../roles";
import type { VmSnapshotView } from "./objects";

/** The label by which all snapshots of a set are listed, from their first moment. */
export const snapIdLabel = "snapset/snap-id";

/** The label of ConfigMaps that keep journals. */
export const journalLabel = "snapset/journal";

/** The label by which an operator may tell a machine's role; the default is `compute`. */
const roleLabel = "snapset/role";

/** The annotation that holds a set's manifest, on its anchor's snapshot. */
export const manifestAnnotation = "snapset/manifest";

/** What the web console shows as a snapshot's description. */
const descriptionAnnotation = "description";

/** How often a machine's `spec` had been changed when its snapshot was asked for. */
const generationAnnotation = "snapset/source-generation";

/** Name and operator of us, in Kubernetes' own label for that. */
const managedBy = { "app.kubernetes.io/managed-by": "snapset" };

/** What a snapshot is: which machine of which set. */
export interface SnapshotIdentity {
  snapId: string;
  environment: string;
  machine: string;
  role: Role;
  macAddresses: readonly string[];
  /** How many machines the set has. */
  members: number;
  capturedAt: Date;
  /** Free text of the operator; empty when there is none. */
  description: string;
  /** The machine's `metadata.generation`. */
  generation: number;
}

/** Labels that a snapshot gets with its creation. */
export function labelsOf({ snapId }: Pick<SnapshotIdentity, "snapId">): Record<string, string> {
  return { ...managedBy, [snapIdLabel]: snapId };
}

/** Labels of a journal. */
export function journalLabelsOf(snapId: string): Record<string, string> {
  return { ...labelsOf({ snapId }), [journalLabel]: "capture" };
}

/** Annotations that a snapshot gets with its creation. */
export function annotationsOf(identity: SnapshotIdentity): Record<string, string> {
  const { description } = identity;
  return {
    ...(description === "" ? {} : { [descriptionAnnotation]: description }),
    "snapset/snap-id": identity.snapId,
    "snapset/environment": identity.environment,
    "snapset/member": identity.machine,
    "snapset/role": identity.role,
    "snapset/macs": identity.macAddresses.join(","),
    "snapset/members": String(identity.members),
    "snapset/captured-at": identity.capturedAt.toISOString(),
    "snapset/schema": String(schemaVersion),
    [generationAnnotation]: String(identity.generation),
  };
}

/**
 * Whether a snapshot is a machine's own of this set: by its label, its annotation and its source.
 * Nobody copies labels of snapshots, but anybody can write one.
 */
export function isSnapshotOf(
  { metadata, spec }: VmSnapshotView,
  machine: string,
  snapId: string,
): boolean {
  return (
    metadata.labels?.[snapIdLabel] === snapId &&
    metadata.annotations?.["snapset/member"] === machine &&
    spec.source.kind === "VirtualMachine" &&
    spec.source.name === machine
  );
}

/** The description that somebody gave a snapshot, here or in the web console. */
export function descriptionOf({ metadata }: VmSnapshotView): string {
  return metadata.annotations?.[descriptionAnnotation] ?? "";
}

/** What was noted of the machine's generation; undefined when nothing was. */
export function sourceGenerationOf({ metadata }: VmSnapshotView): number | undefined {
  const text = metadata.annotations?.[generationAnnotation];
  return text === undefined ? undefined : Number(text);
}

/** The role that a machine's label tells; undefined when it tells none that there is. */
export function roleOf(labels: Readonly<Record<string, string>> | undefined): Role | undefined {
  const role = labels?.[roleLabel] ?? "compute";
  return isRole(role) ? role : undefined;
}
