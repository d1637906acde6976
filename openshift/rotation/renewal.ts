/** When something is renewed by whoever renews it: not before, and not after if all goes well. */
export interface Window {
  from: Date;
  to: Date;
}

interface Dates {
  notBefore: Date;
  notAfter: Date;
}

const dayMs = 86_400_000;

/** As kube-controller-manager-operator sets them (pkg/operator/certrotationcontroller). */
const refreshMs: Record<string, number> = {
  "csr-signer": 15 * dayMs,
  "csr-signer-signer": 30 * dayMs,
};

/**
 * A signer is renewed after its refresh period, or at 80 % of its life if that comes first
 * (library-go pkg/operator/certrotation/signer.go, needNewSigningCertKeyPair).
 */
export function signerRenewal(name: string, dates: Dates): Window {
  const refresh = refreshMs[name] ?? Infinity;
  const at = partOf(dates, 0.8).getTime();
  const due = new Date(Math.min(at, dates.notBefore.getTime() + refresh));
  return { from: due, to: due };
}

/**
 * A kubelet renews a certificate between 70 and 90 % of its life (client-go
 * util/certificate/certificate_manager.go, jitteryDuration). What it gets never outlives the signer;
 * so while that is due itself, the renewal that counts may be as late as the signer's end.
 *
 * @param signerEnds when the signer ends, if it is short itself
 */
export function kubeletRenewal(dates: Dates, signerEnds: Date | undefined): Window {
  const from = partOf(dates, 0.7);
  const to = partOf(dates, 0.9);
  return { from, to: signerEnds && signerEnds > to ? signerEnds : to };
}

function partOf({ notBefore, notAfter }: Dates, part: number): Date {
  const life = notAfter.getTime() - notBefore.getTime();
  return new Date(notBefore.getTime() + part * life);
}
