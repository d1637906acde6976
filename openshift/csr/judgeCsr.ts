import { SocketAddress } from "node:net";
import { messageOf } from "../../common/errors";
import type { CertificateSigningRequest, Node } from "../api/types";
import { parseRequest, type RequestedCertificate } from "./parseRequest";

/** What a request for a certificate is measured by. */
export interface CsrFacts {
  /** The cluster's Node objects. */
  nodes: readonly Node[];
  /** Names of the nodes that were captured; a Node object of another name is a stranger. */
  names: readonly string[];
  /** Whether a node's kubelet is at work in this boot: then it has credentials already. */
  isUp: (node: Node) => boolean;
}

/** Whether a request may be approved, and if not, every reason. */
export type CsrJudgement = { approve: true } | { approve: false; reasons: string[] };

/** What the two signers of kubelets' certificates sign. */
const kubeletSigners = {
  "kubernetes.io/kube-apiserver-client-kubelet": "client",
  "kubernetes.io/kubelet-serving": "serving",
} as const;

type Purpose = (typeof kubeletSigners)[keyof typeof kubeletSigners];

const bootstrapper = "system:serviceaccount:openshift-machine-config-operator:node-bootstrapper";
const bootstrapperGroups = {
  needed: ["system:serviceaccounts:openshift-machine-config-operator", "system:authenticated"],
  // absent when the bootstrap kubeconfig names the groups itself, as masters' first one does
  // (hive pkg/controller/hibernation/csr_utility.go, masterNodeBootstrapperGroups)
  possible: ["system:serviceaccounts"],
};
const nodeGroups = { needed: ["system:nodes", "system:authenticated"], possible: [] };
const nodePrefix = "system:node:";

/**
 * Judges a request by rules that a kubelet of a captured node keeps and nobody else does. Stricter
 * than cluster-machine-approver and hive, from which they come: nothing but what a kubelet asks for
 * may be in the request, and the bootstrapper, whose credential is on every node, gets no
 * certificate for a node that is up.
 */
export function judgeCsr(csr: CertificateSigningRequest, facts: CsrFacts): CsrJudgement {
  const purpose = purposeOf(csr);
  if (!purpose) return refusal([`signer ${csr.spec.signerName} is not one of the kubelets'`]);
  const parsed = parse(csr.spec.request);
  if ("problem" in parsed) return refusal([...pendingReasons(csr), parsed.problem]);
  const { requested } = parsed;
  const name = nodeNameIn(requested);
  const node = facts.nodes.find((candidate) => candidate.metadata.name === name);
  const reasons = [
    ...pendingReasons(csr),
    ...subjectReasons(requested, name),
    ...(name === undefined ? [] : nodeReasons(name, node, facts)),
    ...requesterReasons(csr, purpose, name),
    ...usageReasons(csr.spec.usages ?? [], purpose),
    ...(purpose === "serving" ? servingReasons(requested, node) : withoutNames(requested)),
    ...requested.others.map((other) => `asks for ${other}`),
  ];
  // the one reason that comes and goes: told when there is no lasting one
  if (reasons.length === 0) reasons.push(...needlessReasons(csr, node, facts));
  return reasons.length === 0 ? { approve: true } : refusal(reasons);
}

/** What the certificate would be for; undefined for signers that are no business of ours. */
export function purposeOf({ spec }: CertificateSigningRequest): Purpose | undefined {
  const signers: Record<string, Purpose> = kubeletSigners;
  return Object.hasOwn(signers, spec.signerName) ? signers[spec.signerName] : undefined;
}

/** True while nobody has decided. */
export function isPending({ status }: CertificateSigningRequest): boolean {
  return (status?.conditions ?? []).length === 0 && status?.certificate === undefined;
}

function refusal(reasons: string[]): CsrJudgement {
  return { approve: false, reasons };
}

function parse(request: string): { requested: RequestedCertificate } | { problem: string } {
  try {
    return { requested: parseRequest(request) };
  } catch (error) {
    return { problem: `the request cannot be read: ${messageOf(error)}` };
  }
}

function nodeNameIn({ commonNames }: RequestedCertificate): string | undefined {
  const [only, ...more] = commonNames;
  if (more.length > 0 || !only?.startsWith(nodePrefix)) return undefined;
  return only.slice(nodePrefix.length) || undefined;
}

function pendingReasons(csr: CertificateSigningRequest): string[] {
  if (isPending(csr)) return [];
  const types = (csr.status?.conditions ?? []).map((condition) => condition.type);
  return [`is not pending: ${types.join(", ") || "has a certificate"}`];
}

function subjectReasons(requested: RequestedCertificate, name: string | undefined): string[] {
  const { commonNames, organizations } = requested;
  const isNodes = organizations.length === 1 && organizations[0] === "system:nodes";
  return [
    ...(name === undefined ? [`CN is ${quoted(commonNames)}, not system:node:NAME`] : []),
    ...(isNodes ? [] : [`O is ${quoted(organizations)}, not exactly system:nodes`]),
  ];
}

function nodeReasons(name: string, node: Node | undefined, { names }: CsrFacts): string[] {
  if (!names.includes(name)) return [`${name} is not a node of the set`];
  return node ? [] : [`there is no Node ${name}`];
}

function requesterReasons(
  { spec }: CertificateSigningRequest,
  purpose: Purpose,
  name: string | undefined,
): string[] {
  const { username = "", groups = [] } = spec;
  const isItself = name !== undefined && username === `${nodePrefix}${name}`;
  const isBootstrapper = purpose === "client" && username === bootstrapper;
  if (!isItself && !isBootstrapper) {
    const who = `the node itself${purpose === "client" ? " or the node bootstrapper" : ""}`;
    return [`requested by ${username || "nobody"}, not by ${who}`];
  }
  const { needed, possible } = isBootstrapper ? bootstrapperGroups : nodeGroups;
  const missing = needed.filter((group) => !groups.includes(group));
  const excess = groups.filter((group) => ![...needed, ...possible].includes(group));
  return [
    ...(missing.length > 0 ? [`the requester is not in ${missing.join(", ")}`] : []),
    ...(excess.length > 0 ? [`the requester is also in ${excess.join(", ")}`] : []),
  ];
}

/** As the signers have them in kubernetes' pkg/apis/certificates/helpers.go. */
function usageReasons(usages: readonly string[], purpose: Purpose): string[] {
  const needed = ["digital signature", `${purpose === "client" ? "client" : "server"} auth`];
  const missing = needed.filter((usage) => !usages.includes(usage));
  const excess = usages.filter((usage) => ![...needed, "key encipherment"].includes(usage));
  return [
    ...(missing.length > 0 ? [`usages lack ${missing.join(", ")}`] : []),
    ...(excess.length > 0 ? [`usages include ${excess.join(", ")}`] : []),
  ];
}

function needlessReasons(
  { spec }: CertificateSigningRequest,
  node: Node | undefined,
  { isUp }: CsrFacts,
): string[] {
  if (!node || spec.username !== bootstrapper || !isUp(node)) return [];
  return [`${node.metadata.name} is up, so it needs no new credential from the bootstrapper`];
}

function withoutNames({ dnsNames, ipAddresses }: RequestedCertificate): string[] {
  const names = [...dnsNames, ...ipAddresses];
  return names.length === 0
    ? []
    : [`a client certificate has no names, this asks for ${quoted(names)}`];
}

/** The kubelet's own names and addresses, and at least one of them. */
function servingReasons(requested: RequestedCertificate, node: Node | undefined): string[] {
  const { dnsNames, ipAddresses } = requested;
  if (dnsNames.length + ipAddresses.length === 0) return ["asks for no name and no address"];
  if (!node) return [];
  const addresses = node.status?.addresses ?? [];
  const own = (kind: RegExp, normalize: (text: string) => string) =>
    new Set(addresses.filter(({ type }) => kind.test(type)).map((a) => normalize(a.address)));
  const names = own(/^(Hostname|InternalDNS|ExternalDNS)$/, normalizeName);
  names.add(normalizeName(node.metadata.name));
  const ips = own(/^(InternalIP|ExternalIP)$/, normalizeIp);
  return [
    ...dnsNames.filter((name) => !names.has(normalizeName(name))),
    ...ipAddresses.filter((ip) => !ips.has(normalizeIp(ip))),
  ].map((san) => `${san} is neither a name nor an address of Node ${node.metadata.name}`);
}

function normalizeName(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}

/** One notation for each address; IPv6 has many. */
function normalizeIp(ip: string): string {
  try {
    return new SocketAddress({ address: ip, family: ip.includes(":") ? "ipv6" : "ipv4" }).address;
  } catch {
    return ip;
  }
}

function quoted(texts: readonly string[]): string {
  return texts.length === 0 ? "missing" : texts.join(" and ");
}
