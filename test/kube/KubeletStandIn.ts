import { generateKeyPairSync, randomUUID, X509Certificate } from "node:crypto";
import { systemClock } from "../../common/clock";
import { certificateRequest } from "../../sandbox/openshift/certificateRequest";
import { isRefusal, type Api } from "./Api";
import type { Pair } from "./certificates";
import type { ControlPlane } from "./ControlPlane";
import { powerLabel } from "./kwok";
import type { LabNode } from "./objects";

/** How a node behaves, in milliseconds. */
export interface KubeletTimes {
  /** From power on to the kubelet's first words. */
  bootMs: number;
  /** From `shutdown -h` to power off; a minute in a real cluster. */
  shutdownMs: number;
}

interface Pod {
  metadata: { name: string; namespace: string };
  spec: { containers: { command?: string[] }[] };
  status?: { phase?: string };
}

const leases = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases";
const requests = "/apis/certificates.k8s.io/v1/certificatesigningrequests";
const signers = {
  client: "kubernetes.io/kube-apiserver-client-kubelet",
  serving: "kubernetes.io/kubelet-serving",
};
const leaseSeconds = 4;
const tickMs = 500;

/**
 * Plays a node's kubelet towards the API, with the node's own certificates: asks for new ones when
 * they have expired, reports its boot, renews its lease, runs the product's commands. What kwok does
 * is kwok's: conditions, and all other pods.
 */
export class KubeletStandIn {
  bootId: string = randomUUID();
  client: Pair;
  serving: Pair;
  /** What it could not do when it last tried. */
  lastProblem = "";
  #power: AbortController | undefined;
  #shutdown: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(
    readonly node: LabNode,
    private readonly plane: ControlPlane,
    /** The credential that is on every node's disk for its first request. */
    private readonly bootstrap: Api,
    private readonly times: KubeletTimes,
    private readonly onOff: () => Promise<void>,
  ) {
    this.client = this.#certificate(20);
    this.serving = this.#certificate(20);
  }

  get isOn(): boolean {
    return this.#power !== undefined;
  }

  /** As after a sleep that was too long. */
  expireCertificates(): void {
    this.client = this.#certificate(-0.5);
    this.serving = this.#certificate(-0.5);
  }

  renewCertificates(): void {
    this.client = this.#certificate(20);
    this.serving = this.#certificate(20);
  }

  /** A new boot. */
  powerOn(): void {
    if (this.#power) return;
    this.#power = new AbortController();
    this.bootId = randomUUID();
    const { signal } = this.#power;
    this.#running = this.#run(signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }

  /** Cuts its power; the rest of the cluster notices. */
  async powerOff(): Promise<void> {
    if (!this.#power) return;
    await this.end();
    await this.onOff();
  }

  /** Returns when it does nothing any more. */
  async end(): Promise<void> {
    clearTimeout(this.#shutdown);
    this.#power?.abort();
    this.#power = undefined;
    await this.#running;
  }

  async #run(signal: AbortSignal): Promise<void> {
    await systemClock.sleep(this.times.bootMs, signal);
    if (isExpired(this.client)) this.client = await this.#ask("client", this.bootstrap, signal);
    const api = this.plane.as(this.client);
    try {
      await this.#persist(signal, () => this.#reportBoot(api));
      const serving = isExpired(this.serving) ? this.#ask("serving", api, signal) : this.serving;
      await Promise.all([this.#work(api, signal), this.#takeServing(serving)]);
    } finally {
      await api.close();
    }
  }

  async #takeServing(serving: Pair | Promise<Pair>): Promise<void> {
    this.serving = await serving;
  }

  async #reportBoot(api: Api): Promise<void> {
    const path = `/api/v1/nodes/${this.node.name}`;
    await api.patch(`${path}/status`, { status: { nodeInfo: { bootID: this.bootId } } });
    await this.plane.lab.patch(path, { metadata: { labels: { [powerLabel]: "on" } } });
  }

  /** Asks until there is a certificate. */
  async #ask(purpose: "client" | "serving", api: Api, signal: AbortSignal): Promise<Pair> {
    const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const { name: node, ip } = this.node;
    const isServing = purpose === "serving";
    const requested = {
      commonName: `system:node:${node}`,
      organizations: ["system:nodes"],
      dnsNames: isServing ? [node] : [],
      ipAddresses: isServing ? [ip] : [],
    };
    const made = await this.#persist(signal, () =>
      api.create(requests, {
        apiVersion: "certificates.k8s.io/v1",
        kind: "CertificateSigningRequest",
        metadata: { generateName: "csr-" },
        spec: {
          signerName: signers[purpose],
          usages: ["digital signature", isServing ? "server auth" : "client auth"],
          request: certificateRequest(requested, keys),
        },
      }),
    );
    for (;;) {
      const { status } = await this.#persist(signal, () =>
        api.get<{ status: { certificate?: string } }>(`${requests}/${made.metadata.name}`),
      );
      const key = keys.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
      if (status.certificate) return { certificate: atob(status.certificate), key };
      await systemClock.sleep(tickMs, signal);
    }
  }

  async #work(api: Api, signal: AbortSignal): Promise<void> {
    for (let ticks = 0; ; ticks += 1) {
      if (ticks % 2 === 0) await this.#persist(signal, () => this.#renewLease(api));
      for (const pod of await this.#persist(signal, () => this.#newCommands(api))) {
        await this.#persist(signal, () => this.#obey(api, pod));
      }
      await systemClock.sleep(tickMs, signal);
    }
  }

  async #renewLease(api: Api): Promise<void> {
    const { name } = this.node;
    const renewTime = new Date().toISOString().replace("Z", "000Z");
    const spec = { holderIdentity: name, leaseDurationSeconds: leaseSeconds, renewTime };
    try {
      await api.patch(`${leases}/${name}`, { spec });
    } catch (error) {
      if (!isRefusal(error, 404)) throw error;
      const metadata = { name, namespace: "kube-node-lease" };
      await api.create(leases, {
        apiVersion: "coordination.k8s.io/v1",
        kind: "Lease",
        metadata,
        spec,
      });
    }
  }

  async #newCommands(api: Api): Promise<Pod[]> {
    const query = `fieldSelector=spec.nodeName%3D${this.node.name}&labelSelector=snapset%2Fruns`;
    const pods = await api.list<Pod>(`/api/v1/pods?${query}`);
    return pods.filter((pod) => pod.status?.phase === "Pending");
  }

  /** systemd's shutdown: scheduled, or taken back; the command itself succeeds at once. */
  async #obey(api: Api, { metadata, spec }: Pod): Promise<void> {
    const words = spec.containers.flatMap(({ command = [] }) => command).join(" ");
    if (/\bshutdown -(c|h)\b/.test(words)) clearTimeout(this.#shutdown);
    if (/\bshutdown -h\b/.test(words)) {
      this.#shutdown = setTimeout(() => void this.powerOff(), this.times.shutdownMs);
    }
    const path = `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}/status`;
    await api.patch(path, { status: { phase: "Succeeded" } }).catch((error: unknown) => {
      if (!isRefusal(error, 404)) throw error;
    });
  }

  /** A kubelet never gives up: the API may be away. */
  async #persist<T>(signal: AbortSignal, attempt: () => Promise<T>): Promise<T> {
    for (;;) {
      signal.throwIfAborted();
      try {
        return await attempt();
      } catch (error) {
        this.lastProblem = String(error);
      }
      await systemClock.sleep(tickMs, signal);
    }
  }

  #certificate(days: number): Pair {
    const { pki } = this.plane;
    return pki.client(pki.csrSigner, `system:node:${this.node.name}`, "system:nodes", days);
  }
}

function isExpired({ certificate }: Pair): boolean {
  return Date.parse(new X509Certificate(certificate).validTo) < Date.now();
}
