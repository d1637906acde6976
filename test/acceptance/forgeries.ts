import type { Filing } from "./ClusterUnderTest";

const worker = { node: "worker-0" } as const;

/** Requests that no kubelet of the cluster would make, and what is wrong with each. */
export const forgeries: readonly { forged: Filing; reason: string }[] = [
  {
    forged: { ...worker, purpose: "client", commonName: "system:admin" },
    reason: "CN is system:admin, not system:node:NAME",
  },
  {
    forged: { ...worker, purpose: "client", organizations: ["system:masters"] },
    reason: "O is system:masters, not exactly system:nodes",
  },
  {
    forged: { ...worker, purpose: "client", organizations: ["system:nodes", "system:masters"] },
    reason: "O is system:nodes and system:masters, not exactly system:nodes",
  },
  {
    forged: { ...worker, purpose: "serving", dnsNames: ["worker-0", "api.example"] },
    reason: "api.example is neither a name nor an address of Node worker-0",
  },
  {
    forged: { ...worker, purpose: "client", usages: ["digital signature", "client auth", "any"] },
    reason: "usages include any",
  },
  {
    forged: { ...worker, purpose: "client", signerName: "kubernetes.io/kube-apiserver-client" },
    reason: "signer kubernetes.io/kube-apiserver-client is not one of the kubelets'",
  },
  {
    forged: { ...worker, purpose: "serving", username: "system:admin" },
    reason: "requested by system:admin, not by the node itself",
  },
  {
    forged: { node: "worker-9", purpose: "client" },
    reason: "worker-9 is not a node of the set",
  },
];
