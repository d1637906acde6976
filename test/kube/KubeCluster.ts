import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock, type Clock } from "../../common/clock";
import { connectCluster, type Cluster } from "../../openshift";
import type { ClusterUnderTest, Filing } from "../acceptance/ClusterUnderTest";
import type { Api, Identity } from "./Api";
import { ControlPlane, type Programs } from "./ControlPlane";
import type { Daemon } from "./Daemon";
import { fileRequest } from "./filing";
import { install, podsOfMachineConfig, seedCluster, type Accounts } from "./install";
import { KubeletStandIn } from "./KubeletStandIn";
import { kwok, powerLabel } from "./kwok";
import { NodeDisk } from "./NodeDisk";
import type { LabNode } from "./nodeObjects";
import { OperatorsStandIn, type OperatorFault } from "./OperatorsStandIn";
import { Pki, signer } from "./Pki";
import { until } from "./until";
import { addWorkload } from "./workload";

const masters = [0, 1, 2].map((i) => node("master", i, 10));
const workers = [0, 1].map((i) => node("worker", i, 20));

/** The machines of a cluster. */
export interface Machines {
  nodes: readonly LabNode[];
  /** Shuts one down from inside. @default its power goes, and comes back with {@link KubeCluster.restore} */
  shutDown?: (name: string) => Promise<void>;
  /** The id that a machine has now. @default none */
  idOf?: (name: string) => string;
}

const interruptionMs = 3000;
const kubeletTimes = { bootMs: 1500, shutdownMs: 5000 };
const silentMs = 3000;

/**
 * A cluster whose API is a real one: etcd, kube-apiserver, kube-controller-manager and kwok. What no
 * process plays is played by {@link KubeletStandIn} and {@link OperatorsStandIn}. Masters carry the
 * control plane: it goes down with the last of them.
 */
export class KubeCluster implements ClusterUnderTest {
  readonly nodes: readonly string[];
  readonly times = { boot: 8000, life: 12_000, shutdown: 15_000 };
  readonly clock: Clock = {
    now: () => new Date(Date.now() - this.#aheadMs),
    sleep: (ms, signal) => systemClock.sleep(ms, signal),
  };
  #aheadMs = 0;
  #offAt = new Date();
  #isPlaneUp = true;
  #returning: Promise<void> = Promise.resolve();
  #turn: Promise<void> = Promise.resolve();
  #accounts: Accounts = { product: { token: "" }, bootstrapper: { token: "" } };
  #bootstrap!: Api;
  #kubelets: readonly KubeletStandIn[] = [];
  readonly #operators: OperatorsStandIn;

  private constructor(
    readonly plane: ControlPlane,
    private readonly kwok: Daemon,
    private readonly directory: string,
    private readonly machines: Machines,
  ) {
    this.nodes = machines.nodes.map(({ name }) => name);
    this.#operators = new OperatorsStandIn(plane.lab, silentMs);
  }

  /** Starts everything. @param machines three masters and two workers that are only played, by default */
  static async open(
    programs: Programs,
    machines: Machines = { nodes: [...masters, ...workers] },
  ): Promise<KubeCluster> {
    const directory = mkdtempSync(join(tmpdir(), "snapset-kube-"));
    const plane = await ControlPlane.prepare(programs, directory, new Pki(join(directory, "pki")));
    const cluster = new KubeCluster(plane, kwok(programs, plane, directory), directory, machines);
    try {
      await cluster.#install();
      return cluster;
    } catch (error) {
      await cluster.close();
      throw error;
    }
  }

  async #install(): Promise<void> {
    const { plane } = this;
    await plane.start();
    this.#accounts = await install(plane);
    this.#bootstrap = plane.as(this.#accounts.bootstrapper);
    this.#kubelets = this.machines.nodes.map((it) => this.#kubeletOf(it));
    this.kwok.start();
    await this.reset();
  }

  #kubeletOf(node: LabNode): KubeletStandIn {
    const { token } = this.#accounts.bootstrapper;
    const disk = new NodeDisk(join(this.directory, node.name), token);
    const { shutDown, idOf } = this.machines;
    return new KubeletStandIn(node, this.plane, this.#bootstrap, disk, kubeletTimes, {
      onOff: () => this.#tellOff(node),
      shutDown: shutDown && (() => shutDown(node.name)),
      machineId: idOf && (() => idOf(node.name)),
    });
  }

  /** As after the installation, whatever has happened since. */
  async reset(): Promise<void> {
    this.plane.resumeApi();
    await this.#end();
    this.#aheadMs = 0;
    if (this.plane.pki.csrSigner.notAfter < new Date()) this.renewSigner();
    if (!this.#isPlaneUp) await this.#startPlane();
    await seedCluster(this.plane, this.machines.nodes);
    this.#operators.clearFaults();
    this.#operators.powerOn(false);
    for (const kubelet of this.#kubelets) {
      kubelet.renewCertificates();
      kubelet.powerOn();
    }
    await this.settle();
  }

  /** Whatever plays a part does so no more. */
  async #end(): Promise<void> {
    await Promise.all([this.#returning, this.#turn]);
    await this.#operators.powerOff();
    await Promise.all(this.#kubelets.map((kubelet) => kubelet.end()));
  }

  connect(signal?: AbortSignal): Promise<Cluster> {
    const kubeconfig = { content: this.plane.kubeconfig(this.product) };
    return connectCluster({ kubeconfig, clock: this.clock, signal });
  }

  /** The product's client with another kubeconfig. */
  connectWith(content: string, callTimeoutMs?: number): Promise<Cluster> {
    const timeout = callTimeoutMs === undefined ? {} : { callTimeoutMs };
    return connectCluster({ kubeconfig: { content }, clock: this.clock, ...timeout });
  }

  get product(): Identity {
    return this.#accounts.product;
  }

  powered(): string[] {
    return this.#kubelets.filter(({ isOn }) => isOn).map((it) => it.node.name);
  }

  async waitUntilOff(): Promise<Date> {
    await until("all nodes to be off", () => {
      const on = this.powered();
      if (on.length > 0 || this.#isPlaneUp) throw new Error(`on: ${on.join(", ")}`);
    });
    this.#offAt = new Date();
    return this.offAt();
  }

  offAt(): Date {
    return new Date(this.#offAt.getTime() - this.#aheadMs);
  }

  async restore({ isExpired = false, silent = "" } = {}): Promise<void> {
    if (silent !== "") await this.setOperator(silent, "stale");
    if (isExpired) for (const kubelet of this.#kubelets) kubelet.expireCertificates();
    await this.#startPlane();
    this.#operators.powerOn(true);
    for (const kubelet of this.#kubelets) kubelet.powerOn();
  }

  async settle(): Promise<void> {
    await until("all nodes to be Ready in this boot, and the operators well", async () => {
      const cluster = await this.#look();
      const late = cluster.filter(({ isUp }) => !isUp).map(({ name }) => name);
      if (late.length > 0) throw new Error(`${late.join(", ")}; ${this.#problems()}`);
    });
    await this.#operators.settled();
  }

  /** Gives a node new certificates, which are valid for so many days. */
  shortenCertificates(name: string, days: number): void {
    this.#kubelet(name).shortenCertificates(days);
  }

  /** Gives a node power; a master brings the API with it. */
  async powerOn(name: string): Promise<void> {
    const kubelet = this.#kubelet(name);
    if (!this.#isPlaneUp && kubelet.node.role === "master") {
      await this.#startPlane();
      this.#operators.powerOn(true);
    }
    kubelet.powerOn();
  }

  async cutPower(name: string): Promise<void> {
    await this.#kubelet(name).powerOff();
  }

  /** Cuts a node's power, and waits until it is missed. */
  async pullPlug(name: string): Promise<void> {
    await this.cutPower(name);
    await until(`${name} to be missed`, async () => {
      const seen = await this.#look();
      if (seen.some((it) => it.name === name && it.isUp)) throw new Error("it counts as Ready");
    });
  }

  async setOperator(name: string, fault: OperatorFault): Promise<void> {
    await this.#operators.setFault(name, fault);
  }

  async cordon(name: string): Promise<void> {
    await this.plane.lab.patch(`/api/v1/nodes/${name}`, { spec: { unschedulable: true } });
  }

  file(filing: Filing): Promise<string> {
    const { ip = "" } = this.machines.nodes.find(({ name }) => name === filing.node) ?? {};
    return this.#as(filing, (api) => fileRequest(api, filing, ip));
  }

  async interruptApi(): Promise<void> {
    await this.plane.killApi();
    this.#returning = systemClock.sleep(interruptionMs).then(() => this.plane.start());
  }

  skewClock(aheadMs: number): void {
    this.#aheadMs = aheadMs;
  }

  /** Lets the authority that signs kubelets' certificates expire; a cluster that is off notices later. */
  expireSigner(): void {
    this.plane.pki.replaceCsrSigner(signer("kube-csr-signer", -30, -0.5));
  }

  /** Replaces it as its operator does; the controller manager notices by itself. */
  renewSigner(): void {
    this.plane.pki.replaceCsrSigner(signer("kube-csr-signer", -1, 30));
  }

  /** Puts two pods on a node, `free` and `kept`, of which a disruption budget keeps the second there. */
  addWorkload(node: string): Promise<void> {
    return addWorkload(this.plane.lab, node);
  }

  certificatesOf(name: string): { clientUntil: Date; servingUntil: Date } {
    const { client, serving } = this.#kubelet(name);
    const until = (pem: string) => new Date(new X509Certificate(pem).validTo);
    return { clientUntil: until(client.certificate), servingUntil: until(serving.certificate) };
  }

  async podsLeft(): Promise<string[]> {
    const pods = await this.plane.lab.list(`${podsOfMachineConfig}?labelSelector=snapset%2Fruns`);
    return pods.map(({ metadata }) => metadata.name);
  }

  async close(): Promise<void> {
    await this.#end();
    await this.kwok.stop();
    await this.plane.stop();
    rmSync(this.directory, { recursive: true });
  }

  /** With no node having power yet. */
  async #startPlane(): Promise<void> {
    await this.plane.start();
    await Promise.all(this.nodes.map((name) => this.#labelOff(name)));
    this.kwok.start();
    this.#isPlaneUp = true;
  }

  /** One after the other, as the last master takes the API with it. */
  #tellOff(node: LabNode): Promise<void> {
    this.#turn = this.#turn.then(() => this.#wentOff(node));
    return this.#turn;
  }

  async #wentOff({ name }: LabNode): Promise<void> {
    if (!this.#isPlaneUp) return;
    await this.#labelOff(name);
    if (this.#kubelets.some((it) => it.node.role === "master" && it.isOn)) return;
    await this.#operators.powerOff();
    await Promise.all([this.kwok.stop("SIGKILL"), this.plane.cutPower()]);
    this.#isPlaneUp = false;
  }

  async #labelOff(name: string): Promise<void> {
    const metadata = { labels: { [powerLabel]: null } };
    await this.plane.lab.patch(`/api/v1/nodes/${name}`, { metadata });
  }

  #kubelet(name: string): KubeletStandIn {
    const kubelet = this.#kubelets.find((it) => it.node.name === name);
    if (!kubelet) throw new Error(`there is no node ${name}`);
    return kubelet;
  }

  async #look(): Promise<{ name: string; isUp: boolean }[]> {
    interface Seen {
      metadata: { name: string };
      status: { nodeInfo: { bootID: string }; conditions: { type: string; status: string }[] };
    }
    const seen = await this.plane.lab.list<Seen>("/api/v1/nodes");
    return seen.map(({ metadata: { name }, status }) => {
      const isReady = status.conditions.some((it) => it.type === "Ready" && it.status === "True");
      return { name, isUp: isReady && status.nodeInfo.bootID === this.#kubelet(name).bootId };
    });
  }

  #problems(): string {
    return [...this.#kubelets, this.#operators].map((it) => it.lastProblem).join("; ");
  }

  async #as<T>({ node, purpose, username }: Filing, act: (api: Api) => Promise<T>): Promise<T> {
    if (username === "system:admin") return act(this.plane.lab);
    if (purpose === "client") return act(this.#bootstrap);
    const api = this.plane.as(this.#kubelet(node).client);
    return act(api).finally(() => api.close());
  }
}

function node(role: LabNode["role"], index: number, from: number): LabNode {
  return { name: `${role}-${index}`, role, ip: `192.168.32.${from + index}` };
}
