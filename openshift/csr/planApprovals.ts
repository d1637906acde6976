import type { CertificateSigningRequest } from "../api/types";
import { isPending, judgeCsr, purposeOf, type CsrFacts } from "./judgeCsr";

/** A request that stays pending, and why. */
export interface RefusedCsr {
  name: string;
  /** Who asked. */
  username: string;
  reasons: string[];
}

/** What to do with the pending ones of a list of requests. */
export interface ApprovalPlan {
  /** The newest first: that is the one a kubelet waits for. */
  approve: CertificateSigningRequest[];
  refused: RefusedCsr[];
}

/**
 * Judges every pending request. A kubelet that waits in vain asks anew every 15 minutes
 * (client-go util/certificate/certificate_manager.go, certificateWaitTimeout) and forgets what it
 * asked for before; so of a node's requests for a serving certificate only the newest is approved.
 * Of those for a client certificate all are, as long as the node is not up: whoever else has the
 * bootstrapper's credential could otherwise keep a node out by asking later.
 */
export function planApprovals(
  csrs: readonly CertificateSigningRequest[],
  facts: CsrFacts,
): ApprovalPlan {
  const plan: ApprovalPlan = { approve: [], refused: [] };
  const newestFirst = [...csrs].sort((one, other) => createdAt(other) - createdAt(one));
  const answered = new Map<string, CertificateSigningRequest>();
  for (const csr of newestFirst) {
    const newer = answered.get(requesterOf(csr));
    if (!isPending(csr)) {
      if (isServing(csr)) answered.set(requesterOf(csr), newer ?? csr);
      continue;
    }
    const reasons = reasonsAgainst(csr, newer, facts);
    if (reasons.length > 0) {
      plan.refused.push({ name: csr.metadata.name, username: csr.spec.username ?? "", reasons });
      continue;
    }
    plan.approve.push(csr);
    if (isServing(csr)) answered.set(requesterOf(csr), csr);
  }
  return plan;
}

/** A kubelet's, approved, and neither signed nor refused by the signer. */
export function isUnsigned(csr: CertificateSigningRequest): boolean {
  const { conditions = [], certificate } = csr.status ?? {};
  const types = conditions.map((condition) => condition.type);
  const isOpen = types.includes("Approved") && !types.includes("Failed");
  return purposeOf(csr) !== undefined && isOpen && certificate === undefined;
}

function reasonsAgainst(
  csr: CertificateSigningRequest,
  newer: CertificateSigningRequest | undefined,
  facts: CsrFacts,
): string[] {
  const judgement = judgeCsr(csr, facts);
  if (!judgement.approve) return judgement.reasons;
  if (!isServing(csr) || !newer || createdAt(newer) <= createdAt(csr)) return [];
  return [`its node has asked anew since, in ${newer.metadata.name}`];
}

function isServing(csr: CertificateSigningRequest): boolean {
  return purposeOf(csr) === "serving";
}

function requesterOf({ spec }: CertificateSigningRequest): string {
  return `${spec.signerName} ${spec.username ?? ""}`;
}

function createdAt({ metadata }: CertificateSigningRequest): number {
  return Date.parse(metadata.creationTimestamp ?? "") || 0;
}
