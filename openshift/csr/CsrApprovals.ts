import type { Clock } from "../../common/clock";
import type { Cluster } from "../api/cluster";
import { ClusterError } from "../api/errors";
import type { CertificateSigningRequest } from "../api/types";
import { purposeOf, type CsrFacts } from "./judgeCsr";
import { isUnsigned, planApprovals, type RefusedCsr } from "./planApprovals";

/** A request that was approved. */
export interface ApprovedCsr {
  name: string;
  purpose: "client" | "serving";
  username: string;
  /** ISO 8601. */
  at: string;
}

/** What became of requests for kubelets' certificates. */
export interface CsrEvidence {
  approved: ApprovedCsr[];
  /** Left pending; by name. */
  refused: RefusedCsr[];
  /** Why requests could not be read at all. */
  problem?: string;
}

/** What one look at the requests left. */
export interface CsrPass {
  /** Requests that may be approved and are not yet, and approved ones that nobody has signed yet. */
  waiting: number;
  /** When the last one was approved, in milliseconds since the epoch. */
  lastApprovedAt: number | undefined;
}

/** Approvals in one look, so that a storm of requests does not hold up looking at the nodes. */
const approvalsPerPass = 2;

/** A signer that lives takes less than a second. */
const signingMs = 10_000;

/** Approves kubelets' requests for certificates, look by look, and remembers what it did. */
export class CsrApprovals {
  readonly #approved: ApprovedCsr[] = [];
  readonly #refused = new Map<string, RefusedCsr>();
  #problem: string | undefined;
  /** Approved, by whomever, and without a certificate: name → when first seen so. */
  #unsigned = new Map<string, number>();

  constructor(
    private readonly cluster: Cluster,
    private readonly clock: Clock,
    /** What the requests will say of who approved them, and why. */
    private readonly by = {
      reason: "SnapSetRevive",
      message: "a captured node's kubelet asks for what is its own",
    },
  ) {}

  /**
   * Lists the requests once and approves the newest of those that may be. One that changed in the
   * meantime (409) or went away (404) is seen anew in the next look.
   *
   * @throws {ClusterError} when approving is refused, or when the API does not answer
   */
  async pass(facts: CsrFacts): Promise<CsrPass> {
    const csrs = await this.#list();
    this.#lookForUnsigned(csrs);
    const plan = planApprovals(csrs, facts);
    for (const refused of plan.refused) this.#refused.set(refused.name, refused);
    const now = plan.approve.slice(0, approvalsPerPass);
    for (const csr of now) await this.#approve(csr);
    const last = this.#approved.at(-1);
    return {
      waiting: plan.approve.length - now.length + this.#unsigned.size,
      lastApprovedAt: last && Date.parse(last.at),
    };
  }

  evidence(): CsrEvidence {
    return {
      approved: [...this.#approved],
      refused: [...this.#refused.values()].sort((a, b) => a.name.localeCompare(b.name)),
      ...(this.#problem !== undefined && { problem: this.#problem }),
    };
  }

  /** `2 certificates approved, 1 request refused`; empty when there was nothing to decide. */
  describe(): string {
    const parts = [
      count(this.#approved.length, "certificate request approved", "certificate requests approved"),
      this.#describeUnsigned(),
      count(this.#refused.size, "certificate request refused", "certificate requests refused"),
      this.#problem ?? "",
    ];
    return parts.filter((part) => part !== "").join(", ");
  }

  #lookForUnsigned(csrs: readonly CertificateSigningRequest[]): void {
    const now = this.clock.now().getTime();
    const names = csrs.filter(isUnsigned).map((csr) => csr.metadata.name);
    this.#unsigned = new Map(names.map((name) => [name, this.#unsigned.get(name) ?? now]));
  }

  /** The controller manager says nothing in a request that it cannot sign as its signer has expired. */
  #describeUnsigned(): string {
    const now = this.clock.now().getTime();
    const late = [...this.#unsigned.values()].filter((since) => now - since > signingMs);
    if (late.length === 0) return "";
    return `${late.length} approved and not signed: has the cluster's csr-signer expired?`;
  }

  /** Without the right to list them a cluster that needs no certificates comes back all the same. */
  async #list(): Promise<CertificateSigningRequest[]> {
    try {
      const csrs = await this.cluster.listCertificateSigningRequests();
      this.#problem = undefined;
      return csrs;
    } catch (error) {
      if (!(error instanceof ClusterError) || error.status !== 403) throw error;
      this.#problem = error.message;
      return [];
    }
  }

  async #approve(csr: CertificateSigningRequest): Promise<void> {
    const at = this.clock.now().toISOString();
    const approved = {
      type: "Approved",
      status: "True",
      ...this.by,
      lastUpdateTime: at.replace(/\.\d+Z$/, "Z"),
    };
    try {
      const conditions = [...(csr.status?.conditions ?? []), approved];
      await this.cluster.updateApproval({ ...csr, status: { ...csr.status, conditions } });
    } catch (error) {
      const status = error instanceof ClusterError ? error.status : undefined;
      if (status === 409 || status === 404) return;
      throw error;
    }
    const { name } = csr.metadata;
    this.#refused.delete(name);
    const username = csr.spec.username ?? "";
    this.#approved.push({ name, purpose: purposeOf(csr) ?? "client", username, at });
  }
}

function count(number: number, one: string, many: string): string {
  return number === 0 ? "" : `${number} ${number === 1 ? one : many}`;
}
