import { formatSeconds } from "../common/errors";
import { earliestExpiry, type Signer } from "./signers";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** The installer's first signers live one day; anything that lives clearly longer replaced one. */
const firstSignerLifetimeMs = dayMs + hourMs;

/** What to judge signers by. */
export interface RotationTerms {
  now: Date;
  /** How long every signer must still be valid. @default 25 days */
  minValidityMs?: number | undefined;
  /** When the installation was completed, if known: ISO 8601. */
  installedAt?: string | undefined;
}

/** Whether the cluster's certificates outlive a shutdown. */
export interface RotationVerdict {
  rotated: boolean;
  /** The earliest expiry among the signers, ISO 8601. */
  notAfter: string | undefined;
  /** Why not, one sentence each; empty when rotated. */
  reasons: string[];
  /** What this verdict does not rest on. */
  notLookedAt: string[];
}

/**
 * Judges by the signers alone: all there, none of them the installer's first, all valid for long
 * enough. A kubelet's certificate never outlives its signer, but may end before it.
 */
export function judgeRotation(signers: readonly Signer[], terms: RotationTerms): RotationVerdict {
  const reasons =
    signers.length === 0
      ? ["no signer was read"]
      : signers.flatMap((signer) => reasonsAgainst(signer, terms));
  return {
    rotated: reasons.length === 0,
    notAfter: earliestExpiry(signers),
    reasons,
    notLookedAt: [kubeletCaveat(terms)],
  };
}

function reasonsAgainst(signer: Signer, terms: RotationTerms): string[] {
  const { name, notBefore, notAfter } = signer;
  const from = Date.parse(notBefore ?? "");
  const to = Date.parse(notAfter ?? "");
  if (notBefore === undefined || notAfter === undefined) {
    return [
      `${name} has no dates (secret ${signer.namespace}/${name} or its annotations are missing)`,
    ];
  }
  if (Number.isNaN(from) || Number.isNaN(to)) {
    return [`${name} has dates that cannot be read: ${notBefore}, ${notAfter}`];
  }
  const left = to - terms.now.getTime();
  if (left <= 0) return [`${name} expired at ${notAfter}`];
  if (to - from <= firstSignerLifetimeMs) return [firstSigner(name, notAfter, terms)];
  const needed = terms.minValidityMs ?? 25 * dayMs;
  if (left >= needed) return [];
  return [
    `${name} is valid for ${formatDays(left)} more (until ${notAfter}), ${formatDays(needed)} are needed`,
  ];
}

function firstSigner(name: string, notAfter: string, { now, installedAt }: RotationTerms): string {
  const age = installedAt === undefined ? NaN : now.getTime() - Date.parse(installedAt);
  const installed = Number.isNaN(age)
    ? ""
    : `; the cluster was installed ${formatSeconds(age)} ago`;
  return `${name} is still the installer's first, valid until ${notAfter}${installed}`;
}

function kubeletCaveat({ now, installedAt }: RotationTerms): string {
  const age = installedAt === undefined ? 0 : now.getTime() - Date.parse(installedAt);
  return age >= dayMs
    ? "kubelet certificates (the first ones, which live 24 h, must have been renewed since the installation)"
    : "kubelet certificates (the first ones live 24 h from the installation)";
}

/** `25.0 days`; below two days hours. */
function formatDays(ms: number): string {
  return ms < 2 * dayMs ? formatSeconds(ms) : `${(ms / dayMs).toFixed(1)} days`;
}
