import { systemClock } from "../../common/clock";
import { operatorNames } from "../../sandbox/openshift/operators";
import { isRefusal, type Api } from "./Api";
import { operatorNamespace, operatorStatus, poolStatus, seconds } from "./objects";

/** What an operator does instead of what it should. */
export type OperatorFault = "degraded" | "stale" | undefined;

interface Node {
  metadata: { name: string; labels: Record<string, string> };
  spec: { unschedulable?: boolean };
  status: { conditions: { type: string; status: string }[] };
}

const tickMs = 1000;
/** Operators that roll something out after a boot, and say so. */
const movers = ["authentication", "console", "etcd", "ingress", "kube-apiserver", "network"];
const operators = "/apis/config.openshift.io/v1/clusteroperators";
const pools = "/apis/machineconfiguration.openshift.io/v1/machineconfigpools";

/** Plays the cluster's operators: their leases, what they report after a boot, the pools' counts. */
export class OperatorsStandIn {
  /** What it could not do when it last tried. */
  lastProblem = "";
  readonly #faults = new Map<string, OperatorFault>();
  readonly #counted = new Map<string, string>();
  #power: AbortController | undefined;
  #moved: Promise<void> = Promise.resolve();
  #running: Promise<void> = Promise.resolve();

  constructor(
    private readonly api: Api,
    /** From the start to the first words. */
    private readonly silentMs: number,
  ) {}

  /** @param isBoot operators that roll something out after a boot do so */
  powerOn(isBoot: boolean): void {
    if (this.#power) return;
    this.#power = new AbortController();
    const { signal } = this.#power;
    this.#moved = Promise.resolve();
    this.#running = this.#run(isBoot, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }

  async powerOff(): Promise<void> {
    this.#power?.abort();
    this.#power = undefined;
    await this.#running;
  }

  /** Healthy again when there is no fault. */
  async setFault(name: string, fault: OperatorFault): Promise<void> {
    this.#faults.set(name, fault);
    if (fault !== "stale") await this.#report(name);
  }

  /** Waits until nothing moves any more. */
  async settled(): Promise<void> {
    await this.#moved;
  }

  clearFaults(): void {
    this.#faults.clear();
    this.#counted.clear();
  }

  async #run(isBoot: boolean, signal: AbortSignal): Promise<void> {
    if (isBoot) {
      this.#moved = systemClock.sleep(this.silentMs, signal).then(() => this.#moveAll(signal));
      await this.#moved;
    }
    for (;;) {
      await this.#attempt(signal, () => this.#tick());
      await systemClock.sleep(tickMs, signal);
    }
  }

  async #moveAll(signal: AbortSignal): Promise<void> {
    const moving = movers.filter((name) => this.#faults.get(name) !== "stale");
    for (const Progressing of ["True", "False"]) {
      const report = () => Promise.all(moving.map((name) => this.#report(name, { Progressing })));
      while (!(await this.#attempt(signal, report))) await systemClock.sleep(tickMs, signal);
      await systemClock.sleep(tickMs, signal);
    }
  }

  async #tick(): Promise<void> {
    const alive = operatorNames.filter((name) => this.#faults.get(name) !== "stale");
    await Promise.all(alive.map((name) => this.#renewLease(name)));
    await this.#countMachines();
  }

  async #report(name: string, conditions: Record<string, string> = {}): Promise<void> {
    const fault = this.#faults.get(name) === "degraded" ? { Degraded: "True" } : {};
    const status = operatorStatus(name, { ...conditions, ...fault }, seconds(new Date()));
    await this.api.setStatus(`${operators}/${name}`, status);
  }

  async #renewLease(operator: string): Promise<void> {
    const namespace = operatorNamespace(operator);
    const path = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;
    const name = `${operator}-lock`;
    const renewTime = new Date().toISOString().replace("Z", "000Z");
    const spec = { holderIdentity: "operator", leaseDurationSeconds: 137, renewTime };
    try {
      await this.api.patch(`${path}/${name}`, { spec });
    } catch (error) {
      if (!isRefusal(error, 404)) throw error;
      const metadata = { name, namespace };
      const lease = { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata, spec };
      await this.api.create(path, lease);
    }
  }

  /** As the machine config operator counts: a machine is ready that is Ready and schedulable. */
  async #countMachines(): Promise<void> {
    const nodes = await this.api.list<Node>("/api/v1/nodes");
    for (const role of ["master", "worker"]) {
      const own = nodes.filter((it) => `node-role.kubernetes.io/${role}` in it.metadata.labels);
      const ready = own.filter(isReady).length;
      const counted = `${own.length} ${ready}`;
      if (this.#counted.get(role) === counted) continue;
      const status = poolStatus(role, own.length, ready, seconds(new Date()));
      await this.api.setStatus(`${pools}/${role}`, status);
      this.#counted.set(role, counted);
    }
  }

  /** The API may be away: then there is another time. @returns whether it worked */
  async #attempt(signal: AbortSignal, action: () => Promise<unknown>): Promise<boolean> {
    signal.throwIfAborted();
    try {
      await action();
      return true;
    } catch (error) {
      this.lastProblem = String(error);
      return false;
    }
  }
}

function isReady({ spec, status }: Node): boolean {
  const isUp = status.conditions.some((it) => it.type === "Ready" && it.status === "True");
  return isUp && !spec.unschedulable;
}
