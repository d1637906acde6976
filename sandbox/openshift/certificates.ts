import type { ClusterState } from "./clusterState";
import { lifetimes } from "./times";

/**
 * Brings the certificates up to `now`, for a cluster that has been at work since `aliveSince`.
 * A rotation replaces csr-signer (its own signer at half the latter's life) and then the
 * certificates of the kubelets at work. A rotation that was due while the cluster was off happens
 * when it is at work again; without a valid kubelet certificate on any master it never does.
 *
 * @param working names of the nodes whose kubelets are running
 */
export function rotateCertificates(
  state: ClusterState,
  working: readonly string[],
  aliveSince: number,
  now: number,
): void {
  for (;;) {
    const at = Math.max(state.rotationAt, aliveSince);
    if (at > now || !canRotate(state, working, at)) return;
    rotateOnce(state, working, at);
  }
}

function canRotate(state: ClusterState, working: readonly string[], at: number): boolean {
  return working.some((name) => {
    const node = state.nodes[name];
    return node?.role === "master" && at < node.kubelet.notAfter;
  });
}

/**
 * Replaces csr-signer, and with it the certificates of the kubelets at work.
 *
 * @param working names of the nodes whose kubelets are running
 */
export function rotateOnce(state: ClusterState, working: readonly string[], at: number): void {
  const { signers } = state;
  const upper = signers["csr-signer-signer"];
  const isFirst = upper.notAfter - upper.notBefore <= lifetimes.firstMs;
  if (isFirst || at - upper.notBefore >= lifetimes.csrSignerSignerRefreshMs) {
    signers["csr-signer-signer"] = { notBefore: at, notAfter: at + lifetimes.csrSignerSignerMs };
  }
  const notAfter = Math.min(at + lifetimes.csrSignerMs, signers["csr-signer-signer"].notAfter);
  signers["csr-signer"] = { notBefore: at, notAfter };
  delete state.signing;
  if (isFirst) for (const node of Object.values(state.nodes)) delete node.bootstrapUntil;
  for (const name of working) {
    const node = state.nodes[name];
    if (!node || at >= node.kubelet.notAfter) continue;
    node.kubelet = { notBefore: at, notAfter };
    node.serving = { notBefore: at, notAfter };
  }
  state.rotationAt = at + lifetimes.csrSignerRefreshMs;
}
