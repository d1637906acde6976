import { X509Certificate, generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock, type Clock } from "../../common/clock";
import { waitFor } from "../../common/wait";
import { connectCluster, type Cluster } from "../../openshift";
import { certificateRequest } from "../../sandbox/openshift/certificateRequest";
import type { ClusterUnderTest, Filing } from "../acceptance/ClusterUnderTest";
import type { Api, Identity } from "./Api";
import { ControlPlane, type Programs } from "./ControlPlane";
import { openshiftCrds } from "./crds";
import type { Daemon } from "./Daemon";
import { KubeletStandIn } from "./KubeletStandIn";
import { kwok, powerLabel } from "./kwok";
import {
  bootstrapping,
  clusterObjects,
  machineConfigDaemon,
  machineConfigNamespace,
  machineConfigPools,
  namespaces,
  nodeObject,
  seconds,
  serviceAccount,
  signerSecret,
  type LabNode,
} from "./objects";
import { OperatorsStandIn, type OperatorFault } from "./OperatorsStandIn";
import { Pki, signer } from "./Pki";
import { rolesInReadme } from "./readmeRoles";
import { seedAll } from "./seed";

const masters = [0, 1, 2].map((i) => node("master", i, 10));
const workers = [0, 1].map((i) => node("worker", i, 20));
const nodes: readonly LabNode[] = [...masters, ...workers];

const requests = "/apis/certificates.k8s.io/v1/certificatesigningrequests";
const podsOfMachineConfig = `/api/v1/namespaces/${machineConfigNamespace}/pods`;
const interruptionMs = 3000;
const kubeletTimes = { bootMs: 1500, shutdownMs: 5000 };
const silentMs = 3000;

/**
 * A cluster whose API is a real one: etcd, kube-apiserver, kube-controller-manager and kwok. What no
 * process plays is played by {@link KubeletStandIn} and {@link OperatorsStandIn}. Masters carry the
 * control plane: it goes down with the last of them.
 */
export class KubeCluster implements ClusterUnderTest {
  readonly nodes = nodes.map(({ name }) => name);
  readonly times = { boot: 30_000, life: 12_000, shutdown: 15_000 };
  readonly clock: Clock = {
    now: () => new Date(Date.now() - this.#aheadMs),
    sleep: (ms, signal) => systemClock.sleep(ms, signal),
  };
  #aheadMs = 0;
  #offAt = new Date();
  #isPlaneUp = true;
  #returning: Promise<void> = Promise.resolve();
  #turn: Promise<void> = Promise.resolve();
  #product: Identity = { token: "" };
  #bootstrap!: Api;
  #kubelets: readonly KubeletStandIn[] = [];
  readonly #operators: OperatorsStandIn;

  private constructor(
    readonly plane: ControlPlane,
    private readonly kwok: Daemon,
    private readonly directory: string,
  ) {
    this.#operators = new OperatorsStandIn(plane.lab, silentMs);
  }

  /** Starts everything. */
  static async open(programs: Programs): Promise<KubeCluster> {
    const directory = mkdtempSync(join(tmpdir(), "snapset-kube-"));
    const plane = await ControlPlane.prepare(programs, directory, new Pki(join(directory, "pki")));
    const cluster = new KubeCluster(plane, kwok(programs, plane, directory), directory);
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
    await seedAll(plane.lab, openshiftCrds().map(definition));
    await seedAll(plane.lab, namespaces());
    await seedAll(plane.lab, [
      ...bootstrapping(),
      serviceAccount("snapset", "snapset"),
      ...rolesInReadme({ namespace: "snapset", name: "snapset" }),
    ]);
    this.#product = await this.#tokenOf("snapset", "snapset");
    this.#bootstrap = plane.as(await this.#tokenOf(machineConfigNamespace, "node-bootstrapper"));
    this.#kubelets = nodes.map(
      (it) => new KubeletStandIn(it, plane, this.#bootstrap, kubeletTimes, () => this.#tellOff(it)),
    );
    this.kwok.start();
    await this.reset();
  }

  /** As after the installation, whatever has happened since. */
  async reset(): Promise<void> {
    await Promise.all([this.#returning, this.#turn]);
    await this.#operators.powerOff();
    await Promise.all(this.#kubelets.map((kubelet) => kubelet.end()));
    const { lab, pki } = this.plane;
    this.#aheadMs = 0;
    if (pki.csrSigner.notAfter < new Date())
      pki.replaceCsrSigner(signer("kube-csr-signer", -1, 30));
    if (!this.#isPlaneUp) await this.#startPlane();
    await Promise.all([requests, podsOfMachineConfig, "/api/v1/nodes"].map((it) => lab.remove(it)));
    await this.#seedCluster();
    this.#operators.clearFaults();
    this.#operators.powerOn(false);
    for (const kubelet of this.#kubelets) {
      kubelet.renewCertificates();
      kubelet.powerOn();
    }
    await this.settle();
  }

  async #seedCluster(): Promise<void> {
    const { lab, pki, server } = this.plane;
    const longAgo = seconds(new Date(Date.now() - 7_200_000));
    const controllers = "openshift-kube-controller-manager-operator";
    await until("OpenShift's types to be served", () =>
      seedAll(lab, [
        ...clusterObjects(server, longAgo),
        ...machineConfigPools(longAgo, nodes),
        ...nodes.map((it) => nodeObject(it, "", longAgo)),
        signerSecret(controllers, "csr-signer", pki.csrSigner),
        signerSecret(controllers, "csr-signer-signer", pki.csrSignerSigner),
        signerSecret(
          "openshift-kube-apiserver-operator",
          "kube-apiserver-to-kubelet-signer",
          pki.kubeletSigner,
        ),
      ]).then(() => undefined),
    );
    await seedAll(lab, nodes.map(machineConfigDaemon));
  }

  connect(signal?: AbortSignal): Promise<Cluster> {
    return this.connectWith(this.plane.kubeconfig(this.#product), signal);
  }

  /** The product's client with another kubeconfig. */
  connectWith(content: string, signal?: AbortSignal): Promise<Cluster> {
    return connectCluster({ kubeconfig: { content }, clock: this.clock, signal });
  }

  get product(): Identity {
    return this.#product;
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

  async restore({ isExpired = false } = {}): Promise<void> {
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

  async pullPlug(name: string): Promise<void> {
    await this.#kubelet(name).powerOff();
  }

  async setOperator(name: string, fault: OperatorFault): Promise<void> {
    await this.#operators.setFault(name, fault);
  }

  async cordon(name: string): Promise<void> {
    await this.plane.lab.patch(`/api/v1/nodes/${name}`, { spec: { unschedulable: true } });
  }

  async file(filing: Filing): Promise<string> {
    const { node, purpose, signerName, usages } = filing;
    const { ip = "" } = nodes.find(({ name }) => name === node) ?? {};
    const isClient = purpose === "client";
    const request = {
      commonName: filing.commonName ?? `system:node:${node}`,
      organizations: filing.organizations ?? ["system:nodes"],
      dnsNames: filing.dnsNames ?? (isClient ? [] : [node]),
      ipAddresses: isClient ? [] : [ip],
    };
    const kubelet = isClient ? "kube-apiserver-client-kubelet" : "kubelet-serving";
    const auth = isClient ? "client auth" : "server auth";
    const spec = {
      signerName: signerName ?? `kubernetes.io/${kubelet}`,
      usages: usages ?? ["digital signature", auth],
      request: certificateRequest(request, generateKeyPairSync("ec", { namedCurve: "P-256" })),
    };
    return this.#as(filing, async (api) => {
      const made = await api.create(requests, {
        apiVersion: "certificates.k8s.io/v1",
        kind: "CertificateSigningRequest",
        metadata: { generateName: "csr-" },
        spec,
      });
      return made.metadata.name;
    });
  }

  async interruptApi(): Promise<void> {
    await this.plane.killApi();
    this.#returning = systemClock.sleep(interruptionMs).then(() => this.plane.start());
  }

  skewClock(aheadMs: number): void {
    this.#aheadMs = aheadMs;
  }

  expireSigner(): void {
    this.plane.pki.replaceCsrSigner(signer("kube-csr-signer", -30, -0.5));
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
    await Promise.all([this.#returning, this.#turn]);
    await this.#operators.powerOff();
    await Promise.all(this.#kubelets.map((kubelet) => kubelet.end()));
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
    if (masters.some((master) => this.#kubelet(master.name).isOn)) return;
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

  async #tokenOf(namespace: string, name: string): Promise<Identity> {
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
    const { status } = await this.plane.lab.create<{ status: { token: string } }>(path, {
      apiVersion: "authentication.k8s.io/v1",
      kind: "TokenRequest",
      spec: { expirationSeconds: 86_400 },
    });
    return { token: status.token };
  }

  async #as<T>({ node, purpose, username }: Filing, act: (api: Api) => Promise<T>): Promise<T> {
    if (username === "system:admin") return act(this.plane.lab);
    if (purpose === "client") return act(this.#bootstrap);
    const api = this.plane.as(this.#kubelet(node).client);
    return act(api).finally(() => api.close());
  }
}

function definition(object: ReturnType<typeof openshiftCrds>[number]) {
  return { collection: "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", object };
}

function node(role: LabNode["role"], index: number, from: number): LabNode {
  return { name: `${role}-${index}`, role, ip: `192.168.32.${from + index}` };
}

async function until(what: string, attempt: () => Promise<void> | void): Promise<void> {
  await waitFor({
    what,
    observe: async () => {
      try {
        await attempt();
        return undefined;
      } catch (error) {
        return String(error);
      }
    },
    isDone: (problem) => problem === undefined,
    describe: (problem) => problem ?? "",
    deadlineMs: 60_000,
    clock: systemClock,
    intervalMs: 200,
    maxIntervalMs: 500,
  });
}
