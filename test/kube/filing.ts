import { generateKeyPairSync } from "node:crypto";
import { certificateRequest } from "../../sandbox/openshift/certificateRequest";
import type { Filing } from "../acceptance/ClusterUnderTest";
import type { Api } from "./Api";
import { requests } from "./install";

/**
 * Files a request for a certificate.
 *
 * @param ip the address of its node
 * @returns its name
 */
export async function fileRequest(api: Api, filing: Filing, ip: string): Promise<string> {
  const made = await api.create(requests, {
    apiVersion: "certificates.k8s.io/v1",
    kind: "CertificateSigningRequest",
    metadata: { generateName: "csr-" },
    spec: specOf(filing, ip),
  });
  return made.metadata.name;
}

function specOf(filing: Filing, ip: string) {
  const isClient = filing.purpose === "client";
  const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const request = {
    commonName: filing.commonName ?? `system:node:${filing.node}`,
    organizations: filing.organizations ?? ["system:nodes"],
    dnsNames: filing.dnsNames ?? (isClient ? [] : [filing.node]),
    ipAddresses: isClient ? [] : [ip],
  };
  const signer = isClient ? "kube-apiserver-client-kubelet" : "kubelet-serving";
  return {
    signerName: filing.signerName ?? `kubernetes.io/${signer}`,
    usages: filing.usages ?? ["digital signature", isClient ? "client auth" : "server auth"],
    request: certificateRequest(request, keys),
  };
}
