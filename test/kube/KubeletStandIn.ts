import { generateKeyPairSync, randomUUID, X509Certificate } from "node:crypto";
import { systemClock } from "../../common/clock";
import { certificateRequest } from "../../sandbox/openshift/certificateRequest";
import { isRefusal, type Api } from "./Api";
import type { Pair } from "../../sandbox/certificates";
import type { ControlPlane } from "./ControlPlane";
import { powerLabel } from "./kwok";
import type { Ended, NodeDisk } from "./NodeDisk";
import type { LabNode } from "./nodeObjects";

/** How a node behaves, in milliseconds. */
export interface KubeletTimes {
  /** From power on to the kubelet's first words. */
  bootMs: number;
  /** From `shutdown -h` to power off; a minute in a real cluster. */
  shutdownMs: number;
}

/** What the rest of the world does for a node. */
export interface KubeletHooks {
  /** Its power has gone. */
  onOff: () => Promise<void>;
  /** Shuts its machine down from inside. @default its power goes */
  shutDown?: (() => Promise<void>) | undefined;
  /** The id that its machine has now. @default none */
  machineId?: (() => string) | undefined;
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
  /** What it could not do when it last tried. */
  lastProblem = "";
  #client!: Pair;
  #serving!: Pair;
  #power: AbortController | undefined;
  #shutdown: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(
    readonly node: LabNode,
    private readonly plane: ControlPlane,
    /** The credential that is on every node's disk for its first request. */
    private readonly bootstrap: Api,
    private readonly disk: NodeDisk,
    private readonly times: KubeletTimes,
    private readonly hooks: KubeletHooks,
  ) {
    this.renewCertificates();
  }

  get client(): Pair {
    return this.#client;
  }

  get serving(): Pair {
    return this.#serving;
  }

  get isOn(): boolean {
    return this.#power !== undefined;
  }

  /** Both are valid for so many more days. */
  shortenCertificates(days: number): void {
    this.#keep("client", this.#certificate(days));
    this.#keep("serving", this.#certificate(days + 0.1));
  }

  /** As after a sleep that was too long. */
  expireCertificates(): void {
    this.shortenCertificates(-0.5);
  }

  renewCertificates(): void {
    this.shortenCertificates(20);
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
    await this.hooks.onOff();
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
    if (isExpired(this.client)) {
      this.#keep("client", await this.#ask("client", this.bootstrap, signal));
    }
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
    this.#keep("serving", await serving);
  }

  async #reportBoot(api: Api): Promise<void> {
    const path = `/api/v1/nodes/${this.node.name}`;
    const nodeInfo = { bootID: this.bootId, systemUUID: this.hooks.machineId?.() ?? "" };
    await api.patch(`${path}/status`, { status: { nodeInfo } });
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

  /** systemd's shutdown is scheduled, or taken back; other commands are the disk's. */
  async #obey(api: Api, { metadata, spec }: Pod): Promise<void> {
    const command = spec.containers[0]?.command ?? [];
    const isShutdown = command.includes("shutdown");
    const { exitCode, message } = isShutdown ? this.#schedule(command) : this.disk.run(command);
    const path = `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}/status`;
    const terminated = { exitCode, message, reason: exitCode === 0 ? "Completed" : "Error" };
    const container = { name: "command", image: "", imageID: "", ready: false, restartCount: 0 };
    const containerStatuses = [{ ...container, state: { terminated } }];
    const status = { phase: exitCode === 0 ? "Succeeded" : "Failed", containerStatuses };
    await api.patch(path, { status }).catch((error: unknown) => {
      if (!isRefusal(error, 404)) throw error;
    });
  }

  #schedule(command: readonly string[]): Ended {
    clearTimeout(this.#shutdown);
    if (command.includes("-h")) {
      this.#shutdown = setTimeout(() => void this.#shutDown(), this.times.shutdownMs);
    }
    return { exitCode: 0, message: "" };
  }

  #shutDown(): Promise<void> {
    return this.hooks.shutDown?.() ?? this.powerOff();
  }

  #keep(purpose: "client" | "serving", pair: Pair): void {
    if (purpose === "client") this.#client = pair;
    else this.#serving = pair;
    this.disk.keep(purpose, pair);
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
