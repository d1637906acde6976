import { certificateRequest, type Requested } from "./certificateRequest";
import type { ModelCluster } from "./modelCluster";
import { time, uidOf, type WireObject } from "./objects";
import { signingValidity } from "./signerRenewal";
import { clusterTimes, lifetimes } from "./times";

/** What a kubelet's certificate is for. */
export type Purpose = "client" | "serving";

/** A request as somebody filed it: a kubelet's own but for what is given. */
export interface Filing extends Partial<Requested> {
  node: string;
  purpose: Purpose;
  createdAt: number;
  signerName?: string;
  usages?: string[];
  username?: string;
  groups?: string[];
}

interface WireCondition {
  type?: string;
  status?: string;
  [field: string]: unknown;
}

interface StoredRequest {
  name: string;
  createdAt: number;
  version: number;
  spec: Record<string, unknown>;
  conditions: WireCondition[];
  approvedAt: number | undefined;
  isSigned: boolean;
}

const bootstrapper = {
  username: "system:serviceaccount:openshift-machine-config-operator:node-bootstrapper",
  groups: [
    "system:serviceaccounts",
    "system:serviceaccounts:openshift-machine-config-operator",
    "system:authenticated",
  ],
};
const signers = {
  client: "kubernetes.io/kube-apiserver-client-kubelet",
  serving: "kubernetes.io/kubelet-serving",
};

/**
 * A cluster's CertificateSigningRequests, and the controllers that sign and clean them. Not in
 * etcd's copy on the disks: after the hours that a set lies about the cleaner would have taken them.
 */
export class CertificateRequests {
  readonly #requests = new Map<string, StoredRequest>();
  #filed = 0;

  constructor(private readonly cluster: ModelCluster) {}

  /** Files a request. @returns its name */
  file(filing: Filing): string {
    this.#filed += 1;
    const name = `csr-${this.#filed.toString(36).padStart(5, "0")}`;
    this.#requests.set(name, {
      name,
      createdAt: filing.createdAt,
      version: this.#filed,
      spec: specOf(filing, this.cluster.state.nodes[filing.node]?.ip ?? ""),
      conditions: [],
      approvedAt: undefined,
      isSigned: false,
    });
    return name;
  }

  /**
   * What PUT …/approval does.
   *
   * @returns what the API server says no to, if anything
   */
  approve(name: string, body: unknown): { status: 404 | 409 | 422; message: string } | undefined {
    const request = this.#requests.get(name);
    if (!request) return { status: 404, message: `${plural} "${name}" not found` };
    const { metadata, status } = (body ?? {}) as Partial<WireObject> & {
      status?: { conditions?: WireCondition[] };
    };
    const version = metadata?.resourceVersion;
    if (version !== undefined && version !== String(request.version)) {
      return { status: 409, message: conflict(name) };
    }
    const conditions = status?.conditions ?? [];
    if (conditions.some((condition) => condition.status !== "True")) {
      return { status: 422, message: `status.conditions: Invalid value: must be "True"` };
    }
    request.conditions = conditions;
    request.version += 1_000_000;
    const isApproved = conditions.some((condition) => condition.type === "Approved");
    if (isApproved) request.approvedAt ??= this.cluster.clock.nowMs();
    return undefined;
  }

  /** True once its certificate is there for the kubelet to take. */
  isSigned(name: string): boolean {
    return this.#requests.get(name)?.isSigned ?? false;
  }

  /** Signs what is approved, if the signer lives, and drops what is too old. */
  settle(now: number): void {
    const signer = signingValidity(this.cluster.state, now);
    for (const request of this.#requests.values()) {
      const { approvedAt } = request;
      const signingMs = this.cluster.scaled(clusterTimes.signingMs);
      if (approvedAt !== undefined && now >= approvedAt + signingMs && now < signer.notAfter) {
        request.isSigned = true;
      }
      const keptMs = approvedAt === undefined ? lifetimes.pendingCsrMs : lifetimes.approvedCsrMs;
      if (now - (approvedAt ?? request.createdAt) > keptMs) this.#requests.delete(request.name);
    }
  }

  /** As the API shows them. */
  objects(): WireObject[] {
    return [...this.#requests.values()].map((request) => ({
      apiVersion: "certificates.k8s.io/v1",
      kind: "CertificateSigningRequest",
      metadata: {
        name: request.name,
        uid: uidOf(this.cluster.state.clusterId, "csr", request.name),
        resourceVersion: String(request.version),
        creationTimestamp: time(request.createdAt),
      },
      spec: request.spec,
      status: {
        ...(request.conditions.length > 0 && { conditions: request.conditions }),
        // there are no keys in the model, so the certificate says so
        ...(request.isSigned && { certificate: btoa("model\n") }),
      },
    }));
  }
}

const plural = "certificatesigningrequests.certificates.k8s.io";

function conflict(name: string): string {
  return `Operation cannot be fulfilled on ${plural} "${name}": the object has been modified; please apply your changes to the latest version and try again`;
}

function specOf(filing: Filing, ip: string) {
  const { node, purpose } = filing;
  const itself = {
    username: `system:node:${node}`,
    groups: ["system:nodes", "system:authenticated"],
  };
  const requester = purpose === "client" ? bootstrapper : itself;
  return {
    signerName: filing.signerName ?? signers[purpose],
    usages: filing.usages ?? [
      "digital signature",
      purpose === "client" ? "client auth" : "server auth",
    ],
    username: filing.username ?? requester.username,
    groups: filing.groups ?? requester.groups,
    request: certificateRequest({
      commonName: filing.commonName ?? `system:node:${node}`,
      organizations: filing.organizations ?? ["system:nodes"],
      dnsNames: filing.dnsNames ?? (purpose === "client" ? [] : [node]),
      ipAddresses: filing.ipAddresses ?? (purpose === "client" ? [] : [ip]),
    }),
  };
}
