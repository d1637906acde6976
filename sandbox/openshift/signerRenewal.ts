import type { ClusterState, SignerName, Validity } from "./clusterState";
import { clusterTimes, lifetimes } from "./times";

const notYet = Number.MAX_SAFE_INTEGER;

/**
 * Deletes the secret of a signer. Its operator will make a new one; certificates are signed with the
 * old csr-signer until then and a while longer.
 *
 * @returns false when there is no such secret
 */
export function deleteSigner(state: ClusterState, name: SignerName, now: number): boolean {
  if (state.signersDeletedAt?.[name] !== undefined) return false;
  if (name === "csr-signer") {
    state.signing = { validity: signingValidity(state, now), until: notYet };
  }
  state.signersDeletedAt = { ...state.signersDeletedAt, [name]: now };
  return true;
}

/** Makes the signers anew whose secrets were deleted long enough ago. */
export function renewDeletedSigners(state: ClusterState, timeScale: number, now: number): void {
  const renewalMs = clusterTimes.signerRenewalMs / timeScale;
  const names: SignerName[] = [
    "csr-signer-signer",
    "csr-signer",
    "kube-apiserver-to-kubelet-signer",
  ];
  for (const name of names) {
    const deletedAt = state.signersDeletedAt?.[name];
    const at = (deletedAt ?? notYet) + renewalMs;
    if (at > now) continue;
    state.signers[name] = { notBefore: at, notAfter: at + lifetimeOf(name, state, at) };
    Reflect.deleteProperty(state.signersDeletedAt ?? {}, name);
    state.rolloutAt = at;
    if (name !== "csr-signer") continue;
    state.rotationAt = at + lifetimes.csrSignerRefreshMs;
    const { validity } = state.signing ?? { validity: state.signers[name] };
    state.signing = { validity, until: at + clusterTimes.signerTrustMs / timeScale };
  }
}

function lifetimeOf(name: SignerName, { signers }: ClusterState, at: number): number {
  if (name === "csr-signer-signer") return lifetimes.csrSignerSignerMs;
  if (name !== "csr-signer") return lifetimes.kubeletSignerMs;
  return Math.min(lifetimes.csrSignerMs, signers["csr-signer-signer"].notAfter - at);
}

/**
 * What kube-controller-manager signs with. Its operator hands a new csr-signer over only when API
 * servers have had time to trust it, unless the old one has expired
 * (cluster-kube-controller-manager-operator pkg/operator/targetconfigcontroller, ManageCSRSigner).
 */
export function signingValidity({ signers, signing }: ClusterState, now: number): Validity {
  const isOldInUse = signing && now < signing.until && now < signing.validity.notAfter;
  return isOldInUse ? signing.validity : signers["csr-signer"];
}
