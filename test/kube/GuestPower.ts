import { systemClock } from "../../common/clock";
import type { OpenStack } from "../../openstack";
import type { KubeCluster } from "./KubeCluster";

const tickMs = 1000;
/** Nova's objects/fields.py, InstancePowerState. */
const running = 1;

/** Lets a cluster's nodes live while the guests of their names do: what runs in them is played. */
export class GuestPower {
  /** Node → id of its guest, as long as there is one. */
  readonly #ids = new Map<string, string>();
  readonly #stopped = new AbortController();
  #following: Promise<void> = Promise.resolve();

  constructor(
    private readonly cloud: OpenStack,
    private readonly nodes: readonly string[],
  ) {}

  /** Empty while there is no guest. */
  idOf(node: string): string {
    return this.#ids.get(node) ?? "";
  }

  /** Presses the power button, as the guest's own `shutdown` would end. */
  async shutDown(node: string): Promise<void> {
    await this.cloud.compute.stopServer(this.idOf(node));
  }

  /** @returns the nodes whose guests run */
  async look(): Promise<Set<string>> {
    const servers = await this.cloud.compute.listServers();
    const guests = servers.filter(({ name }) => this.nodes.includes(name));
    this.#ids.clear();
    for (const { name, id } of guests) this.#ids.set(name, id);
    const on = guests.filter((it) => it["OS-EXT-STS:power_state"] === running);
    return new Set(on.map(({ name }) => name));
  }

  follow(cluster: KubeCluster): void {
    this.#following = this.#follow(cluster);
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#following;
  }

  async #follow(cluster: KubeCluster): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      const on = await this.look();
      for (const node of this.nodes) {
        if (on.has(node)) await cluster.powerOn(node);
        else await cluster.cutPower(node);
      }
      await systemClock.sleep(tickMs, signal).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
    }
  }
}
