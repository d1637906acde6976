import { formatSeconds } from "../../common/errors";
import type { KubeletCredentials, NodeReading, Validity } from "./credentials";
import { kubeletRenewal, signerRenewal, type Window } from "./renewal";
import type { Signer } from "./signers";

const dayMs = 86_400_000;

/** What was seen of the certificates that a cluster needs to come back. */
export interface RotationSeen {
  signers: readonly Signer[];
  /** One per node. */
  kubelets: readonly NodeReading[];
}

/** What to judge by. */
export interface RotationTerms {
  now: Date;
  /** How long everything must still be valid, in milliseconds. */
  minValidityMs: number;
  /** When the installation was completed, if known: ISO 8601. */
  installedAt?: string | undefined;
}

/** Something that does not outlive the shutdown. */
export interface Shortfall {
  /** `node`: it could not be read. */
  kind: "signer" | "certificate" | "bootstrap" | "node";
  /** A signer's name, or e.g. `client certificate of master-0`. */
  what: string;
  /** A node's name; absent for a signer. */
  node?: string;
  /** What is wrong with it, completing `what`: `expired at …`. */
  problem: string;
  /** When the cluster itself renews it; absent when it does not, or when that is not known. */
  due?: Window;
}

/** Whether the cluster's certificates outlive a shutdown. */
export interface RotationVerdict {
  rotated: boolean;
  shortfalls: Shortfall[];
  /** The shortfalls in words, with what they are due; empty when rotated. */
  reasons: string[];
  /** What expires first among signers and kubelets' certificates, ISO 8601. */
  earliest: { what: string; notAfter: string } | undefined;
  /** What does not speak against it and is worth knowing, one sentence each. */
  notes: string[];
}

/**
 * Passes when every signer and both certificates of every kubelet outlive the shutdown. A bootstrap
 * credential is needed only when a kubelet's client certificate is not there or has expired: one that
 * ends sooner counts on a node whose client certificate falls short, and is a note on others. (The
 * masters' one is from the installation and the cluster never renews it: it lives 10 years since
 * OpenShift 4.5, installer pull request 3038, and lived one day before.)
 */
export function judgeRotation(seen: RotationSeen, terms: RotationTerms): RotationVerdict {
  const { signers, kubelets } = seen;
  const shortSigners = signers.flatMap((signer) => judgeSigner(signer, terms));
  const nodes = kubelets.map((reading) => judgeNode(reading, signerEndIn(seen, terms), terms));
  const shortfalls = [
    ...(signers.length === 0 ? [unread("signer", "signers")] : shortSigners),
    ...(kubelets.length === 0 ? [unread("node", "kubelets")] : []),
    ...nodes.flatMap((node) => node.shortfalls),
  ];
  return {
    rotated: shortfalls.length === 0,
    shortfalls,
    reasons: shortfalls.map((shortfall) => describeShortfall(shortfall, terms.now)),
    earliest: earliestOf(seen),
    notes: nodes.flatMap((node) => node.notes),
  };
}

/** Names of the nodes with a shortfall of a kind, each once. */
export function nodesShortOf(shortfalls: readonly Shortfall[], kind: Shortfall["kind"]): string[] {
  const nodes = shortfalls.filter((it) => it.kind === kind).map(({ node }) => node);
  return [...new Set(nodes.filter((node) => node !== undefined))];
}

/** Operators look every few minutes, and kubelets ask again when they were not answered. */
const tolerableDelayMs = 3_600_000;

/**
 * By when the cluster will have renewed all that falls short; undefined when there is something that
 * it does not renew, or should have renewed an hour ago.
 */
export function renewedBy(shortfalls: readonly Shortfall[], now: Date): Date | undefined {
  const ends = shortfalls.map(({ due }) => due?.to.getTime() ?? NaN);
  if (ends.some((end) => end < now.getTime() - tolerableDelayMs)) return undefined;
  const last = Math.max(...ends);
  return Number.isFinite(last) ? new Date(last) : undefined;
}

function unread(kind: Shortfall["kind"], what: string): Shortfall {
  return { kind, what, problem: "were not read" };
}

function judgeSigner(signer: Signer, terms: RotationTerms): Shortfall[] {
  const { namespace, name, notBefore, notAfter } = signer;
  const shortfall = { kind: "signer", what: name } as const;
  if (notBefore === undefined || notAfter === undefined) {
    const where = `secret ${namespace}/${name} or its annotations are missing`;
    return [{ ...shortfall, problem: `has no dates (${where})` }];
  }
  const dates = datesOf({ notBefore, notAfter });
  if (!dates) {
    const problem = `has dates that cannot be read: ${notBefore}, ${notAfter}`;
    return [{ ...shortfall, problem }];
  }
  const problem = shortness(dates.notAfter, terms);
  if (problem === undefined) return [];
  const first = dates.notAfter.getTime() - dates.notBefore.getTime() <= dayMs + 3_600_000;
  const hint = first ? installerHint(terms) : "";
  return [{ ...shortfall, problem: `${problem}${hint}`, due: signerRenewal(name, dates) }];
}

/** The installer's first signers live one day. */
function installerHint({ now, installedAt }: RotationTerms): string {
  const age = installedAt === undefined ? NaN : now.getTime() - Date.parse(installedAt);
  const installed = Number.isNaN(age)
    ? ""
    : `, the cluster was installed ${formatSeconds(age)} ago`;
  return `: it is still the installer's first${installed}`;
}

/** When csr-signer ends, if that is too soon. */
function signerEndIn({ signers }: RotationSeen, terms: RotationTerms): Date | undefined {
  const signer = signers.find(({ name }) => name === "csr-signer");
  const end = new Date(signer?.notAfter ?? NaN);
  return Number.isNaN(end.getTime()) || shortness(end, terms) === undefined ? undefined : end;
}

interface NodeJudgement {
  shortfalls: Shortfall[];
  notes: string[];
}

function judgeNode(
  reading: NodeReading,
  signerEnds: Date | undefined,
  terms: RotationTerms,
): NodeJudgement {
  const { node } = reading;
  if ("problem" in reading) {
    const problem = `could not be read: ${reading.problem}`;
    const what = `certificates of ${node}`;
    return { shortfalls: [{ kind: "node", what, node, problem }], notes: [] };
  }
  const { client, serving } = reading.credentials;
  const judge = (what: string, certificate: Validity | undefined) =>
    judgeCertificate(`${what} of ${node}`, node, certificate, { ...terms, signerEnds });
  const clientShort = judge("client certificate", client);
  const shortfalls = [...clientShort, ...judge("serving certificate", serving)];
  const problem = bootstrapProblem(reading.credentials, terms);
  const what = `bootstrap credential of ${node}`;
  if (problem === undefined) return { shortfalls, notes: [] };
  const [needed] = clientShort;
  if (!needed)
    return {
      shortfalls,
      notes: [`${what} ${problem}: it is not needed before the client certificate ends`],
    };
  const due = needed.due && { due: needed.due };
  shortfalls.push({ kind: "bootstrap", what, node, problem, ...due });
  return { shortfalls, notes: [] };
}

function judgeCertificate(
  what: string,
  node: string,
  certificate: Validity | undefined,
  { signerEnds, ...terms }: RotationTerms & { signerEnds: Date | undefined },
): Shortfall[] {
  const shortfall = { kind: "certificate", what, node } as const;
  if (!certificate) return [{ ...shortfall, problem: "is missing" }];
  const dates = datesOf(certificate);
  const problem = dates && shortness(dates.notAfter, terms);
  if (!dates || problem === undefined) return [];
  // one that has expired is renewed by whoever approves its kubelet's request, not by time
  if (dates.notAfter <= terms.now) return [{ ...shortfall, problem }];
  return [{ ...shortfall, problem, due: kubeletRenewal(dates, signerEnds) }];
}

function bootstrapProblem({ bootstrap }: KubeletCredentials, terms: RotationTerms) {
  if (!bootstrap) return "is missing";
  return bootstrap.notAfter === undefined
    ? undefined
    : shortness(new Date(bootstrap.notAfter), terms);
}

/** Undefined when it lives long enough. */
function shortness(notAfter: Date, { now, minValidityMs }: RotationTerms): string | undefined {
  const left = notAfter.getTime() - now.getTime();
  if (left <= 0) return `expired at ${iso(notAfter)}`;
  if (left >= minValidityMs) return undefined;
  const early = formatDays(minValidityMs - left);
  return `ends at ${iso(notAfter)}, ${early} too early (${formatDays(minValidityMs)} are needed)`;
}

function describeShortfall({ kind, what, problem, due }: Shortfall, now: Date): string {
  if (kind === "bootstrap")
    return `${what} ${problem}, so a new certificate could not be asked for`;
  return `${what} ${problem}${due ? `; ${describeDue(due, now)}` : ""}`;
}

function describeDue({ from, to }: Window, now: Date): string {
  if (to <= now) return `its renewal was due at ${iso(to)}`;
  const at = from < to && from > now ? `between ${iso(from)} and ${iso(to)}` : `by ${iso(to)}`;
  return `the cluster renews it ${at}`;
}

function earliestOf({ signers, kubelets }: RotationSeen): RotationVerdict["earliest"] {
  const all = [
    ...signers.map(({ name, notAfter }) => ({ what: name, notAfter })),
    ...kubelets.flatMap((reading) => {
      if ("problem" in reading) return [];
      const { client, serving } = reading.credentials;
      return [
        { what: `client certificate of ${reading.node}`, notAfter: client?.notAfter },
        { what: `serving certificate of ${reading.node}`, notAfter: serving?.notAfter },
      ];
    }),
  ];
  const dated = all
    .map(({ what, notAfter }) => ({ what, at: Date.parse(notAfter ?? "") }))
    .filter(({ at }) => !Number.isNaN(at))
    .sort((one, other) => one.at - other.at);
  const [first] = dated;
  return first && { what: first.what, notAfter: new Date(first.at).toISOString() };
}

function datesOf(validity: Validity): { notBefore: Date; notAfter: Date } | undefined {
  const [notBefore, notAfter] = [new Date(validity.notBefore), new Date(validity.notAfter)];
  const isBroken = Number.isNaN(notBefore.getTime()) || Number.isNaN(notAfter.getTime());
  return isBroken ? undefined : { notBefore, notAfter };
}

function iso(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, "Z");
}

/** `25.0 days`; below two days hours. */
function formatDays(ms: number): string {
  return ms < 2 * dayMs ? formatSeconds(ms) : `${(ms / dayMs).toFixed(1)} days`;
}
