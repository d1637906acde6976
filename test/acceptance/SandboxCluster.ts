import type { Cluster } from "../../openshift";
import { changeCluster, type ClusterChange } from "../../sandbox/openshift";
import type { Guest } from "../../sandbox/world";
import { day, hour, Lab, minute } from "../sandbox/openshift/lab";
import type { ClusterUnderTest, Filing } from "./ClusterUnderTest";

/** From a boot until its API answers, and before its operators move. */
const apiMs = 40_000;

/** The sandbox's cluster, in time that passes while somebody sleeps. */
export class SandboxCluster implements ClusterUnderTest {
  readonly times = { boot: 5 * minute, life: 3 * minute, shutdown: 2 * minute };
  readonly nodes: readonly string[];
  #guests: readonly Guest[];
  #offAt = new Date(0);

  private constructor(private readonly lab: Lab) {
    this.#guests = lab.install(3, 2);
    this.nodes = this.#guests.map(({ name }) => name);
    lab.worldClock.advance(25 * hour);
  }

  static async open(): Promise<SandboxCluster> {
    return new SandboxCluster(await new Lab().open());
  }

  get clock() {
    return this.lab.clock;
  }

  connect(signal?: AbortSignal): Promise<Cluster> {
    return this.lab.cluster(signal);
  }

  powered(): string[] {
    return this.#guests.filter(({ state }) => state === "running").map(({ name }) => name);
  }

  waitUntilOff(): Promise<Date> {
    this.lab.worldClock.advance(this.times.shutdown);
    const on = this.powered();
    if (on.length > 0) throw new Error(`still on: ${on.join(", ")}`);
    this.#offAt = this.lab.worldClock.now();
    return Promise.resolve(this.#offAt);
  }

  offAt(): Date {
    return this.#offAt;
  }

  async restore({ isExpired = false, silent = "" } = {}): Promise<void> {
    this.#guests = await this.lab.captureAndRestore(this.#guests, isExpired ? 40 * day : hour);
    this.lab.worldClock.advance(apiMs);
    if (silent !== "") await this.setOperator(silent, "stale");
  }

  async settle(): Promise<void> {
    this.lab.worldClock.advance(5 * minute);
    // The model lets kubelets report when somebody looks.
    await (await this.connect()).listNodes();
  }

  pullPlug(node: string): Promise<void> {
    const guest = this.#guests.find(({ name }) => name === node);
    if (!guest) throw new Error(`there is no node ${node}`);
    this.lab.guests.pullPlug(guest);
    this.lab.worldClock.advance(minute);
    return Promise.resolve();
  }

  setOperator(name: string, fault: "degraded" | "stale" | undefined): Promise<void> {
    const faults = {
      degraded: { conditions: { Degraded: "True" } },
      stale: { stale: true },
    } as const;
    return this.#change({ operators: { [name]: fault === undefined ? null : faults[fault] } });
  }

  cordon(node: string): Promise<void> {
    this.lab.model().setUnschedulable(node, true);
    return Promise.resolve();
  }

  file(filing: Filing): Promise<string> {
    const createdAt = this.lab.worldClock.nowMs();
    return Promise.resolve(this.lab.model().requests.file({ ...filing, createdAt }));
  }

  interruptApi(): Promise<void> {
    return this.#change({ apiDownMs: minute });
  }

  skewClock(aheadMs: number): void {
    void this.#change({ clockSkewMs: aheadMs });
  }

  certificatesOf(node: string): { clientUntil: Date; servingUntil: Date } {
    const it = this.lab.model().state.nodes[node];
    if (!it) throw new Error(`there is no node ${node}`);
    return {
      clientUntil: new Date(it.kubelet.notAfter),
      servingUntil: new Date(it.serving.notAfter),
    };
  }

  podsLeft(): Promise<string[]> {
    const pods = this.lab.model().pods.list();
    return Promise.resolve(pods.map(({ name }) => name).filter((it) => it.startsWith("snapset-")));
  }

  close(): Promise<void> {
    return this.lab.close();
  }

  #change(wanted: ClusterChange): Promise<void> {
    changeCluster(this.lab.model(), wanted);
    return Promise.resolve();
  }
}
