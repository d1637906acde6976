import type { Appointment, Guest, WorldClock } from "../world";
import { CertificateRequests } from "./certificateRequests";
import { rotateCertificates } from "./certificates";
import type {
  ClusterState,
  NodeState,
  OperatorState,
  SignerName,
  WorkerDisk,
} from "./clusterState";
import { ClusterFaults } from "./clusterFaults";
import { KubeletCertificates } from "./kubeletCertificates";
import { lastTick, operatorNames, reportOperator } from "./operators";
import { NodePods } from "./nodePods";
import { deleteSigner } from "./signerRenewal";
import { clusterTimes } from "./times";
import { Workloads } from "./workloads";

interface Member {
  guest: Guest;
  bootedAt: number;
  shutdown?: Appointment;
}

/** How a node stands at this moment. */
export interface NodeStanding {
  name: string;
  node: NodeState;
  ready: "True" | "Unknown";
  readySince: number;
}

/**
 * A cluster at work: what its etcd holds, and the guests that run it. Nothing in it ticks: what has
 * happened since it was last looked at is worked out at the next look (`settle`).
 */
export class ModelCluster {
  readonly faults = new ClusterFaults();
  readonly pods = new NodePods(this);
  readonly workloads = new Workloads(this);
  readonly requests = new CertificateRequests(this);
  readonly #certificates = new KubeletCertificates(this);
  readonly #members = new Map<string, Member>();
  /** When this run got its majority of masters. */
  #quorumAt: number | undefined;

  constructor(
    readonly state: ClusterState,
    readonly clock: WorldClock,
  ) {}

  get isEmpty(): boolean {
    return this.#members.size === 0;
  }

  get guests(): Guest[] {
    return [...this.#members.values()].map((member) => member.guest);
  }

  /** A guest whose disk or name makes it `name` has booted. */
  join(name: string, guest: Guest): void {
    this.#members.set(name, { guest, bootedAt: this.clock.nowMs() });
    this.settle();
    if (this.#quorumAt === undefined && this.#hasQuorum()) {
      this.#quorumAt = this.clock.nowMs();
    }
  }

  /** A guest is off: what the cluster knew by then is on its disk. */
  leave(guest: Guest, graceful: boolean): void {
    const name = this.nodeNameOf(guest);
    if (name === undefined) return;
    this.settle();
    const node = this.state.nodes[name];
    if (node) node.lastStop = graceful ? "graceful" : "hard";
    this.flush(guest);
    this.#members.get(name)?.shutdown?.cancel();
    this.#members.delete(name);
    this.pods.forget(name);
    this.#certificates.forget(name);
    if (this.#quorumAt === undefined || this.#hasQuorum()) return;
    this.#keepReports();
    this.#quorumAt = undefined;
    this.#certificates.recoveredAt = undefined;
  }

  /** Writes what the cluster knows to a guest's disk. */
  flush(guest: Guest): void {
    const name = this.nodeNameOf(guest);
    const node = name === undefined ? undefined : this.state.nodes[name];
    if (!node) return;
    this.settle();
    const worker: WorkerDisk = { kind: "worker", clusterId: this.state.clusterId };
    const etcd = {
      ...this.state,
      operators: this.reports(),
      savedAt: this.clock.nowMs(),
    };
    guest.disk.content.cluster = structuredClone(node.role === "master" ? etcd : worker);
  }

  /** Takes over a newer copy that a master brought along, while there is no majority yet. */
  adopt(newer: ClusterState): void {
    if (this.#quorumAt !== undefined || newer.savedAt <= this.state.savedAt) return;
    Object.assign(this.state, structuredClone(newer));
  }

  nodeNameOf(guest: Guest): string | undefined {
    return [...this.#members].find(([, member]) => member.guest === guest)?.[0];
  }

  memberOf(nodeName: string): Guest | undefined {
    return this.#members.get(nodeName)?.guest;
  }

  /** True when an API server answers: installed so far, a majority of masters up for long enough. */
  isServing(): boolean {
    const now = this.clock.nowMs();
    if (this.#quorumAt === undefined || this.faults.isApiDown(now)) return false;
    return now >= this.state.apiAt && now >= this.#quorumAt + this.scaled(clusterTimes.apiMs);
  }

  /** True when the APIs that pods of the cluster serve (routes) are there: they come last. */
  servesAggregated(): boolean {
    const now = this.clock.nowMs();
    if (!this.isInstalled() || this.#quorumAt === undefined) return false;
    const readyAt = (this.#operatorsFrom() ?? now) + this.scaled(clusterTimes.operatorsReadyMs);
    return this.#kubelets(now).length > 0 && now >= readyAt;
  }

  /** True when the installation is complete. */
  isInstalled(): boolean {
    return this.clock.nowMs() >= this.state.installedAt;
  }

  /** Works out what happened since the last look: rotations, certificates issued, heartbeats, boots reported. */
  settle(): void {
    const now = this.clock.nowMs();
    const aliveSince = this.#workingSince();
    if (aliveSince !== undefined && aliveSince <= now) {
      rotateCertificates(this.state, this.#running(now), aliveSince, now);
    }
    this.#settleCertificates(now);
    for (const name of this.#kubelets(now)) this.#reportNode(name, now);
  }

  /** Every node as the API shows it. */
  standings(): NodeStanding[] {
    this.settle();
    const now = this.clock.nowMs();
    return Object.entries(this.state.nodes).map(([name, node]) => {
      const lost = Math.max(node.renewedAt, this.#quorumAt ?? 0);
      const unknownAt = lost + this.scaled(clusterTimes.nodeGraceMs);
      const isLost = now >= unknownAt && !this.#kubelets(now).includes(name);
      return {
        name,
        node,
        ready: isLost ? "Unknown" : "True",
        readySince: isLost ? unknownAt : node.readySince,
      };
    });
  }

  /** What every operator reports now, faults aside. */
  reports(): Record<string, OperatorState> {
    const now = this.clock.nowMs();
    const around = {
      now,
      timeScale: this.clock.timeScale,
      bootedAt: this.#kubelets(now).length > 0 ? this.#operatorsFrom() : undefined,
    };
    return Object.fromEntries(
      operatorNames.map((name) => [name, reportOperator(this.state, name, around)]),
    );
  }

  /** Cordons or uncordons. */
  setUnschedulable(name: string, unschedulable: boolean): void {
    const node = this.state.nodes[name];
    if (node) node.unschedulable = unschedulable;
  }

  /** `shutdown -h +minutes` on the node's host; a later call takes the earlier one's place. */
  scheduleShutdown(name: string, minutes: number, powerOff: (serverId: string) => void): void {
    const member = this.#members.get(name);
    if (!member) return;
    member.guest.say(`Shutdown scheduled in ${minutes} min`);
    member.shutdown?.cancel();
    if (this.faults.ignoresShutdown(name)) return;
    member.shutdown = this.clock.after(minutes * 60_000, () => {
      powerOff(member.guest.serverId);
    });
  }

  /** `shutdown -c` on the node's host. */
  cancelShutdown(name: string): void {
    const member = this.#members.get(name);
    member?.guest.say("Shutdown cancelled");
    member?.shutdown?.cancel();
  }

  /** A kubelet begins anew, without its certificates. */
  restartKubelet(name: string): void {
    this.settle();
    this.#certificates.restart(name, this.clock.nowMs());
  }

  /** Deletes a signer's secret. @returns false when it is not there */
  deleteSigner(name: SignerName): boolean {
    this.settle();
    return deleteSigner(this.state, name, this.clock.nowMs());
  }

  /** True when a node's kubelet runs and may speak to the API. */
  hasKubelet(name: string): boolean {
    return this.#kubelets(this.clock.nowMs()).includes(name);
  }

  /** Modelled milliseconds in the world's time. */
  scaled(ms: number): number {
    return ms / this.clock.timeScale;
  }

  #hasQuorum(): boolean {
    const masters = Object.entries(this.state.nodes).filter(([, node]) => node.role === "master");
    const up = masters.filter(([name]) => this.#members.has(name));
    return up.length * 2 > masters.length;
  }

  /** Nodes whose kubelets run. */
  #running(now: number): string[] {
    const startMs = this.scaled(clusterTimes.kubeletMs);
    return [...this.#members]
      .filter(([, member]) => now >= member.bootedAt + startMs)
      .map(([name]) => name);
  }

  /** Nodes whose kubelets run and may speak to the API. */
  #kubelets(now: number): string[] {
    return this.#running(now).filter(
      (name) => now < (this.state.nodes[name]?.kubelet.notAfter ?? 0),
    );
  }

  /** Operators begin when there are kubelets to run them. */
  #operatorsFrom(): number | undefined {
    const { recoveredAt } = this.#certificates;
    if (this.#quorumAt === undefined || recoveredAt === undefined) return this.#quorumAt;
    return Math.max(this.#quorumAt, recoveredAt - this.scaled(clusterTimes.kubeletMs));
  }

  #settleCertificates(now: number): void {
    if (!this.isServing()) return;
    const startMs = this.scaled(clusterTimes.kubeletMs);
    const running = this.#running(now).map((name) => {
      return { name, since: (this.#members.get(name)?.bootedAt ?? 0) + startMs };
    });
    const apiAt = (this.#quorumAt ?? now) + this.scaled(clusterTimes.apiMs);
    this.#certificates.settle(running, Math.max(apiAt, this.state.apiAt), now);
  }

  #workingSince(): number | undefined {
    return this.#quorumAt === undefined
      ? undefined
      : this.#quorumAt + this.scaled(clusterTimes.kubeletMs);
  }

  #reportNode(name: string, now: number): void {
    const member = this.#members.get(name);
    const node = this.state.nodes[name];
    if (!member || !node) return;
    const recoveredAt = this.#certificates.recoveredAt === undefined ? 0 : node.kubelet.notBefore;
    const up = Math.max(member.bootedAt + this.scaled(clusterTimes.kubeletMs), recoveredAt);
    const bootId = member.guest.bootId ?? node.bootId;
    if (node.bootId !== bootId) node.readySince = up;
    node.bootId = bootId;
    node.systemUuid = member.guest.serverId;
    node.renewedAt = lastTick(up, now, this.scaled(clusterTimes.leaseMs));
  }

  #keepReports(): void {
    this.state.operators = this.reports();
  }
}
