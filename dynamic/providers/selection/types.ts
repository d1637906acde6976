import type { SiteInputs } from "../site";
import type { Environment } from "../../../snapset/environment/environment";
import type { ClusterFacts, ManifestMember, ManifestVolume } from "../../../snapset/manifest";
import type { Needs } from "../../../snapset/placement/needs";
import type { PlacedNode } from "../../../snapset/placement/place";
import type { Placement } from "../../../snapset/placement/placement";
import type { Places } from "../../../snapset/placement/places";

/** Inputs of the Selection resource. */
export interface SelectionInputs extends SiteInputs {
  /** A snap_id, or `latest`; null for an environment from base images. */
  snapId: string | null;
  /** The nodes that are to be made; null to restore the set's own environment. */
  nodes: PlacedNode[] | null;
  /** What the given environment needs of the cloud. Null, and absent in older state: nothing is given. */
  needs?: Needs | null;
  /** How the set's own environment is placed; null for a given one, which is placed already. */
  placement?: Placement | null;
  /** Whether a set with expired certificates may be chosen. Absent in older state: it may not. */
  allowExpired?: boolean;
}

/** Outputs of the Selection resource: the choice, kept until another one is asked for. */
export interface SelectionOutputs extends SelectionInputs {
  schemaVersion: number;
  /** Null for an environment from base images. */
  chosen: string | null;
  /** Image ids by node. */
  images: Record<string, string>;
  /** The volumes of the set by node, also those whose data it does not hold. */
  volumes: Record<string, ManifestVolume[]>;
  /** What names stand for in this cloud. Absent in older state. */
  places?: Places;
  notAfter: string | null;
  capturedAt: string | null;
  /** The set's own, placed in this cloud; null where one is given. */
  environment: Environment | null;
  cluster: ClusterFacts | null;
  /** As the manifest describes them; none of a set without one. Absent in older state. */
  members?: ManifestMember[];
}
