import { claims, dataVolumes } from "../resources";
import type { Claim, DataVolume } from "../types";
import type { Reconcile, Write } from "./context";
import { create, isDeleting, namespaceOf, ownerOf, update, updateStatus } from "./writes";

/** The data volume that a claim has been filled for: it then belongs to that. */
export const populatedFor = "cdi.kubevirt.io/storage.populatedFor";

/** On a data volume whose claim somebody else makes. */
export const prePopulated = "cdi.kubevirt.io/storage.prePopulated";

/** CDI: a claim for each data volume, and the data volume's status after the claim's. */
export const reconcileDataVolume: Reconcile<DataVolume> = (dataVolume, context) => {
  if (isDeleting(dataVolume)) return undefined;
  const { name } = dataVolume.metadata;
  const claim = context.find(claims, namespaceOf(dataVolume), name);
  return (claim ? adopt(dataVolume, claim) : makeClaim(dataVolume)) ?? report(dataVolume, claim);
};

function makeClaim(dataVolume: DataVolume): Write | undefined {
  const { name, namespace, labels, annotations } = dataVolume.metadata;
  if (annotations?.[prePopulated] !== undefined || !dataVolume.spec.pvc) return undefined;
  const metadata = {
    name,
    ...(namespace !== undefined && { namespace }),
    ...(labels && { labels }),
    ownerReferences: [ownerOf(dataVolumes, dataVolume)],
  };
  return create(claims, { metadata, spec: dataVolume.spec.pvc });
}

/** A claim that was made for it by a restore becomes its own. */
function adopt(dataVolume: DataVolume, claim: Claim): Write | undefined {
  const { annotations, ownerReferences = [] } = claim.metadata;
  const isForIt = annotations?.[populatedFor] === dataVolume.metadata.name;
  if (!isForIt || ownerReferences.length > 0) return undefined;
  const metadata = { ...claim.metadata, ownerReferences: [ownerOf(dataVolumes, dataVolume)] };
  return update(claims, claim, { metadata });
}

function report(dataVolume: DataVolume, claim: Claim | undefined): Write | undefined {
  const isBound = claim?.status?.phase === "Bound";
  // One that has succeeded stays so while a restore replaces its claim.
  if (dataVolume.status?.phase === "Succeeded" && !isBound) return undefined;
  return updateStatus(dataVolumes, dataVolume, {
    ...dataVolume.status,
    claimName: dataVolume.metadata.name,
    phase: isBound ? "Succeeded" : "Pending",
    progress: isBound ? "100.0%" : "N/A",
  });
}
