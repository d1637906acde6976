import { formatSeconds, messageOf } from "../../common/errors";
import type { Clock } from "../../common/clock";
import { ClusterError, ClusterStateError } from "../api/errors";

/**
 * OpenSSL's and Node's own names for a certificate of another authority or for another name. One that
 * is only expired, or not valid yet, is not among them: a cluster that was off renews these itself.
 */
const codes = new Set([
  "CERT_SIGNATURE_FAILURE",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

/** How long an API server may take until it has loaded its certificates. */
const lastingMs = 120_000;

/** True when the API server has shown a certificate that the kubeconfig's authority has not signed. */
export function isCertificateUntrusted(error: ClusterError): boolean {
  const code = (error.cause as { code?: unknown } | undefined)?.code;
  return typeof code === "string" && codes.has(code);
}

/**
 * Watches the failures of an API that starts. Its certificate may be another one for a moment; one
 * that stays untrusted stays so however long we wait.
 *
 * @returns to be called with each failure
 * @throws (from that) {ClusterStateError} when every failure of two minutes has been such a one
 */
export function watchCertificate(clock: Clock): (error: ClusterError) => void {
  let since: number | undefined;
  return (error) => {
    if (!isCertificateUntrusted(error)) {
      since = undefined;
      return;
    }
    const now = clock.now().getTime();
    since ??= now;
    if (now - since < lastingMs) return;
    throw new ClusterStateError(
      "the API's certificate is not trusted",
      [
        `for ${formatSeconds(now - since)}: ${messageOf(error.cause)}`,
        "is this the kubeconfig of this cluster, with its certificate-authority-data, and the server's name in its certificate?",
      ],
      { cause: error },
    );
  };
}
