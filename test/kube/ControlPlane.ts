import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Agent, request } from "undici";
import { systemClock } from "../../common/clock";
import { waitFor } from "../../common/wait";
import { Api, type Identity } from "./Api";
import { Daemon, freePorts } from "./Daemon";
import { kubeconfigText } from "./kubeconfig";
import type { Pki } from "./Pki";

/** Where the programs are, by name. */
export type Programs = (name: string) => string;

interface Ports {
  api: number;
  etcd: number;
  etcdPeer: number;
  controllers: number;
}

/** Without a lease renewed for so long a node counts as Unknown; in a real cluster 40 s. */
const graceSeconds = 4;

const auditPolicy = {
  apiVersion: "audit.k8s.io/v1",
  kind: "Policy",
  omitStages: ["RequestReceived"],
  rules: [
    { level: "Metadata", users: ["system:serviceaccount:snapset:snapset"] },
    { level: "None" },
  ],
};

/** etcd, kube-apiserver and kube-controller-manager on loopback, as processes. */
export class ControlPlane {
  readonly server: string;
  /** What the API server has been asked by the product, one JSON object per line. */
  readonly auditLog: string;
  /** The lab's own identity: a superuser. */
  readonly lab: Api;
  readonly labIdentity: Identity;
  readonly #etcd: Daemon;
  readonly #apiServer: Daemon;
  readonly #controllers: Daemon;

  private constructor(
    programs: Programs,
    private readonly directory: string,
    readonly pki: Pki,
    private readonly ports: Ports,
  ) {
    this.server = `https://127.0.0.1:${ports.api}`;
    this.auditLog = join(directory, "audit.log");
    const { certificate, key } = pki.client(pki.adminSigner, "system:admin", "system:masters");
    this.labIdentity = { certificate, key };
    this.lab = this.as(this.labIdentity);
    const log = (name: string) => join(directory, `${name}.log`);
    this.#etcd = new Daemon(programs("etcd"), etcdFlags(directory, ports), log("etcd"));
    this.#apiServer = new Daemon(programs("kube-apiserver"), this.#apiFlags(), log("apiserver"));
    this.#controllers = new Daemon(
      programs("kube-controller-manager"),
      this.#controllerFlags(),
      log("controllers"),
    );
  }

  /** Everything that is there before the first start. */
  static async prepare(programs: Programs, directory: string, pki: Pki): Promise<ControlPlane> {
    mkdirSync(directory, { recursive: true });
    const [api = 0, etcd = 0, etcdPeer = 0, controllers = 0] = await freePorts(4);
    return new ControlPlane(programs, directory, pki, { api, etcd, etcdPeer, controllers });
  }

  /** Starts what does not run, and waits until it works. */
  async start(): Promise<void> {
    this.#etcd.start();
    this.#apiServer.start();
    await this.#until("the API server to be ready", this.#apiServer, () =>
      this.lab.call("GET", "/readyz"),
    );
    this.#controllers.start();
    await this.#until("the controller manager", this.#controllers, () =>
      isHealthy(`https://127.0.0.1:${this.ports.controllers}/healthz`),
    );
  }

  /** Ends what runs on masters, as a power cut does; etcd keeps its data. */
  async cutPower(): Promise<void> {
    await Promise.all([this.#apiServer.stop("SIGKILL"), this.#controllers.stop("SIGKILL")]);
  }

  /** Suspends the API server: connections are taken, and nothing is answered. */
  suspendApi(): void {
    this.#apiServer.suspend();
  }

  resumeApi(): void {
    this.#apiServer.resume();
  }

  async killApi(): Promise<void> {
    await this.#apiServer.stop("SIGKILL");
  }

  async stop(): Promise<void> {
    await this.#controllers.stop();
    await this.#apiServer.stop("SIGKILL");
    await this.#etcd.stop();
    await this.lab.close();
  }

  as(identity: Identity): Api {
    return new Api(this.server, this.pki.serverAuthority.pair.certificate, identity);
  }

  kubeconfig(identity: Identity, ca = this.pki.serverAuthority.pair.certificate): string {
    return kubeconfigText(this.server, ca, identity);
  }

  async #until(what: string, daemon: Daemon, ask: () => Promise<unknown>): Promise<void> {
    await waitFor({
      what,
      observe: async () => {
        daemon.requireRunning();
        return ask().then(
          () => undefined,
          (error: unknown) => String(error),
        );
      },
      isDone: (problem) => problem === undefined,
      describe: (problem) => problem ?? "",
      deadlineMs: 60_000,
      clock: systemClock,
      intervalMs: 100,
      maxIntervalMs: 300,
    });
  }

  #apiFlags(): string[] {
    const { pki, ports } = this;
    const policy = pki.write("audit-policy.json", JSON.stringify(auditPolicy));
    return flags({
      "etcd-servers": `http://127.0.0.1:${ports.etcd}`,
      "bind-address": "127.0.0.1",
      "advertise-address": "127.0.0.1",
      "secure-port": ports.api,
      // A service may not have endpoints on the loopback interface.
      "endpoint-reconciler-type": "none",
      "service-cluster-ip-range": "172.30.0.0/16",
      "allow-privileged": true,
      "authorization-mode": "Node,RBAC",
      "enable-admission-plugins": "NodeRestriction",
      "tls-cert-file": pki.path("apiserver.crt"),
      "tls-private-key-file": pki.path("apiserver.key"),
      "client-ca-file": pki.path("client-ca.crt"),
      "kubelet-client-certificate": pki.path("kubelet-client.crt"),
      "kubelet-client-key": pki.path("kubelet-client.key"),
      "requestheader-client-ca-file": pki.path("aggregator-ca.crt"),
      "requestheader-allowed-names": "system:openshift-aggregator",
      "requestheader-username-headers": "X-Remote-User",
      "requestheader-group-headers": "X-Remote-Group",
      "requestheader-extra-headers-prefix": "X-Remote-Extra-",
      "proxy-client-cert-file": pki.path("front-proxy.crt"),
      "proxy-client-key-file": pki.path("front-proxy.key"),
      "service-account-issuer": "https://kubernetes.default.svc",
      "service-account-key-file": pki.path("service-accounts.pub"),
      "service-account-signing-key-file": pki.path("service-accounts.key"),
      "audit-policy-file": policy,
      "audit-log-path": this.auditLog,
    });
  }

  #controllerFlags(): string[] {
    const { pki } = this;
    const { certificate, key } = pki.client(
      pki.controlPlaneSigner,
      "system:kube-controller-manager",
    );
    const config = this.kubeconfig({ certificate, key });
    return flags({
      kubeconfig: pki.write("controllers.kubeconfig", config),
      "bind-address": "127.0.0.1",
      "secure-port": this.ports.controllers,
      "cert-dir": join(this.directory, "controllers"),
      "leader-elect": false,
      "use-service-account-credentials": true,
      // There is no scheduler, so daemons' pods are put on their nodes by hand.
      controllers: "*,-bootstrap-signer-controller,-token-cleaner-controller,-daemonset-controller",
      "service-account-private-key-file": pki.path("service-accounts.key"),
      "root-ca-file": pki.path("server-ca.crt"),
      "cluster-signing-cert-file": pki.path("csr-signer.crt"),
      "cluster-signing-key-file": pki.path("csr-signer.key"),
      "cluster-signing-duration": "720h",
      "node-monitor-period": "1s",
      "node-monitor-grace-period": `${graceSeconds}s`,
      "node-startup-grace-period": `${graceSeconds + 2}s`,
      "kube-api-qps": 150,
      "kube-api-burst": 300,
    });
  }
}

function etcdFlags(directory: string, { etcd, etcdPeer }: Ports): string[] {
  const client = `http://127.0.0.1:${etcd}`;
  const peer = `http://127.0.0.1:${etcdPeer}`;
  return flags({
    name: "lab",
    "data-dir": join(directory, "etcd"),
    "log-level": "warn",
    "listen-client-urls": client,
    "advertise-client-urls": client,
    "listen-peer-urls": peer,
    "initial-advertise-peer-urls": peer,
    "initial-cluster": `lab=${peer}`,
    "unsafe-no-fsync": true,
  });
}

function flags(values: Record<string, string | number | boolean>): string[] {
  return Object.entries(values).map(([name, value]) => `--${name}=${String(value)}`);
}

/** Its certificate is its own. @throws when it is not healthy */
async function isHealthy(url: string): Promise<void> {
  const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });
  try {
    const { statusCode } = await request(url, { dispatcher });
    if (statusCode !== 200) throw new Error(`${url} answers ${statusCode}`);
  } finally {
    await dispatcher.destroy();
  }
}
