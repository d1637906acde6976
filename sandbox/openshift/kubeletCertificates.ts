import { rotateOnce } from "./certificates";
import type { Filing, Purpose } from "./certificateRequests";
import type { NodeState } from "./clusterState";
import type { ModelCluster } from "./modelCluster";
import { renewDeletedSigners, signingValidity } from "./signerRenewal";
import { clusterTimes, lifetimes } from "./times";

interface Ask {
  /** Name of the request that the kubelet waits for. */
  name: string;
  at: number;
}

/**
 * What kubelets do whose certificates have expired: one without a client certificate asks for one
 * with the bootstrap credential, one without a serving certificate for that, and both ask anew
 * every so often until somebody approves.
 */
export class KubeletCertificates {
  readonly #asks = new Map<string, Ask>();
  /** Nodes whose kubelets were restarted without certificates, on purpose. */
  readonly #restarted = new Set<string>();
  /** When a kubelet first got a client certificate in this run of the cluster. */
  recoveredAt: number | undefined;

  constructor(private readonly cluster: ModelCluster) {}

  /** A node is off: its kubelet asks anew after the next boot. */
  forget(node: string): void {
    this.#asks.delete(`client ${node}`);
    this.#asks.delete(`serving ${node}`);
    this.#restarted.delete(node);
  }

  /** A kubelet begins anew, without its certificates. */
  restart(name: string, now: number): void {
    const node = this.cluster.state.nodes[name];
    if (!node) return;
    this.forget(name);
    this.#restarted.add(name);
    node.kubelet = { notBefore: now, notAfter: now };
    node.serving = { notBefore: now, notAfter: now };
  }

  /**
   * @param running nodes whose kubelets run, and since when
   * @param apiAt since when the API answers in this run of the cluster
   */
  settle(running: readonly { name: string; since: number }[], apiAt: number, now: number): void {
    renewDeletedSigners(this.cluster.state, this.cluster.clock.timeScale, now);
    this.#recoverSigner(apiAt, now);
    this.cluster.requests.settle(now);
    for (const { name, since } of running) {
      const node = this.cluster.state.nodes[name];
      if (!node) continue;
      const from = Math.max(since, apiAt);
      if (this.#pursue(name, "client", Math.max(from, node.kubelet.notAfter), now)) {
        node.kubelet = this.#issue(now);
        if (!this.#restarted.delete(name)) this.recoveredAt ??= now;
      }
      if (now >= node.kubelet.notAfter) continue;
      const due = Math.max(from, node.kubelet.notBefore, node.serving.notAfter);
      if (this.#pursue(name, "serving", due, now)) node.serving = this.#issue(now);
    }
  }

  /**
   * kube-controller-manager's static pod has a recovery controller beside it that replaces an
   * expired csr-signer, kubelets or not. A cluster that was never rotated is past help: its
   * bootstrap credential, which would bring the kubelets back, was as short-lived as the signer.
   */
  #recoverSigner(apiAt: number, now: number): void {
    const { state } = this.cluster;
    const at = apiAt + this.cluster.scaled(clusterTimes.signerRecoveryMs);
    const hasBootstrap = Object.values(state.nodes).some((it) => mayBootstrap(it, now));
    if (hasBootstrap && now >= at && at >= state.signers["csr-signer"].notAfter) {
      rotateOnce(state, [], at);
    }
  }

  /** @returns true when a certificate that was asked for is there */
  #pursue(node: string, purpose: Purpose, due: number, now: number): boolean {
    const key = `${purpose} ${node}`;
    const ask = this.#asks.get(key);
    if (ask && this.cluster.requests.isSigned(ask.name)) {
      this.#asks.delete(key);
      return true;
    }
    const isLost = purpose === "client" && !mayBootstrap(this.cluster.state.nodes[node], now);
    if (isLost) return false;
    const retryMs = this.cluster.scaled(clusterTimes.csrRetryMs);
    const oldest = now - lifetimes.pendingCsrMs;
    for (let at = ask ? ask.at + retryMs : due; at <= now; at += retryMs) {
      const filing: Filing = { node, purpose, createdAt: at };
      if (at >= oldest) this.#asks.set(key, { name: this.cluster.requests.file(filing), at });
    }
    return false;
  }

  #issue(now: number) {
    const signer = signingValidity(this.cluster.state, now);
    return { notBefore: now, notAfter: Math.min(now + lifetimes.csrSignerMs, signer.notAfter) };
  }
}

function mayBootstrap(node: NodeState | undefined, now: number): boolean {
  return node !== undefined && now < (node.bootstrapUntil ?? Infinity);
}
