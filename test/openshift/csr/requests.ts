import type { CertificateSigningRequest, Node } from "../../../openshift/api/types";
import { certificateRequest } from "../../../sandbox/openshift/certificateRequest";

export const bootstrapper =
  "system:serviceaccount:openshift-machine-config-operator:node-bootstrapper";
const bootstrapperGroups = [
  "system:serviceaccounts",
  "system:serviceaccounts:openshift-machine-config-operator",
  "system:authenticated",
];
const nodeGroups = ["system:nodes", "system:authenticated"];

/** A request, and what differs from a kubelet's own. */
export interface Difference {
  name?: string;
  createdAt?: string;
  spec?: Partial<CertificateSigningRequest["spec"]>;
  asks?: Partial<Parameters<typeof certificateRequest>[0]>;
  status?: CertificateSigningRequest["status"];
}

/** What the bootstrapper on `node` asks for. */
export function clientCsr(node: string, difference: Difference = {}): CertificateSigningRequest {
  const spec = {
    signerName: "kubernetes.io/kube-apiserver-client-kubelet",
    usages: ["digital signature", "client auth"],
    username: bootstrapper,
    groups: bootstrapperGroups,
  };
  return csr(
    spec,
    { commonName: `system:node:${node}`, dnsNames: [], ipAddresses: [] },
    difference,
  );
}

/** What the kubelet of `node` asks for once it has a client certificate. */
export function servingCsr(
  node: string,
  ip: string,
  difference: Difference = {},
): CertificateSigningRequest {
  const spec = {
    signerName: "kubernetes.io/kubelet-serving",
    usages: ["digital signature", "server auth"],
    username: `system:node:${node}`,
    groups: nodeGroups,
  };
  const asks = { commonName: `system:node:${node}`, dnsNames: [node], ipAddresses: [ip] };
  return csr(spec, asks, difference);
}

function csr(
  spec: Omit<CertificateSigningRequest["spec"], "request">,
  asks: { commonName: string; dnsNames: string[]; ipAddresses: string[] },
  difference: Difference,
): CertificateSigningRequest {
  const request = certificateRequest({
    organizations: ["system:nodes"],
    ...asks,
    ...difference.asks,
  });
  return {
    metadata: {
      name: difference.name ?? "csr-1",
      creationTimestamp: difference.createdAt ?? "2026-11-01T00:00:00Z",
    },
    spec: { ...spec, request, ...difference.spec },
    status: difference.status ?? {},
  };
}

/** A Node as its kubelet registered it. */
export function nodeAt(name: string, ...addresses: string[]): Node {
  return {
    metadata: { name },
    status: {
      conditions: [],
      addresses: [
        { type: "Hostname", address: name },
        ...addresses.map((address) => ({ type: "InternalIP", address })),
      ],
    },
  };
}
