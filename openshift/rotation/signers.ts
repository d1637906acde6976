import type { Cluster } from "../api/cluster";
import { isNotFound } from "../api/errors";

/** A certificate authority of the cluster, as far as its secret's annotations tell. */
export interface Signer {
  namespace: string;
  name: string;
  /** ISO 8601; both absent when the secret or its annotations are. */
  notBefore?: string;
  notAfter?: string;
}

/**
 * The signers that kubelet certificates depend on: the two that sign them, and the one whose
 * client certificate the API server shows to kubelets.
 */
export const signerSecrets = [
  ["openshift-kube-controller-manager-operator", "csr-signer"],
  ["openshift-kube-controller-manager-operator", "csr-signer-signer"],
  ["openshift-kube-apiserver-operator", "kube-apiserver-to-kubelet-signer"],
] as const;

/** The copy of csr-signer that kube-controller-manager signs with. */
export const signerInUse = ["openshift-kube-controller-manager", "csr-signer"] as const;

const notBeforeAnnotation = "auth.openshift.io/certificate-not-before";
const notAfterAnnotation = "auth.openshift.io/certificate-not-after";

/** Reads the dates of all signers. A missing secret is a signer without dates, not an error. */
export function readSigners(cluster: Cluster): Promise<Signer[]> {
  return Promise.all(
    signerSecrets.map(([namespace, name]) => readSigner(cluster, namespace, name)),
  );
}

/** Reads the dates of one. A missing secret is a signer without dates. */
export async function readSigner(
  cluster: Cluster,
  namespace: string,
  name: string,
): Promise<Signer> {
  try {
    const { annotations = {} } = await cluster.readSecretMetadata(namespace, name);
    const notBefore = annotations[notBeforeAnnotation];
    const notAfter = annotations[notAfterAnnotation];
    return { namespace, name, ...(notBefore && { notBefore }), ...(notAfter && { notAfter }) };
  } catch (error) {
    if (isNotFound(error)) return { namespace, name };
    throw error;
  }
}

/** The earliest expiry: from then on the cluster may not come back from a shutdown. */
export function earliestExpiry(signers: readonly Signer[]): string | undefined {
  const times = signers
    .map((signer) => Date.parse(signer.notAfter ?? ""))
    .filter((time) => !Number.isNaN(time));
  return times.length === 0 ? undefined : new Date(Math.min(...times)).toISOString();
}
