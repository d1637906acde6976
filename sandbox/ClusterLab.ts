import { serve } from "@hono/node-server";
import { Hono } from "hono";
import type { AddressInfo } from "node:net";
import type { Clock } from "../common/clock";
import {
  connectCluster,
  quiesce,
  readClusterFacts,
  revive,
  type Cluster,
  type ClusterFacts,
  type ReviveEvidence,
  type Revive,
} from "../openshift";
import {
  clusterControlApp,
  clustersOf,
  kubeconfigFor,
  openshiftApp,
  type ClusterWorld,
} from "./openshift";
import type { DiskContent, Guest } from "./world";
import { Faults } from "./world/faults";
import { emptyDisk } from "./world/guest";
import { Guests } from "./world/guests";
import { Ids } from "./world/ids";
import { manualTime, WorldClock, type TimeSource } from "./world/worldClock";

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

/** Machine network address of the first master, as in the examples. */
export const address = "192.168.32.10";

/** A cluster that was brought to rest: what a set remembers of it. */
export interface RestingCluster {
  facts: ClusterFacts;
  offAt: Date;
  nodes: Guest[];
}

/** A world of guests alone, with the cluster model's API on loopback and time by hand. */
export class ClusterLab {
  readonly worldClock: WorldClock;
  readonly guests: Guests;
  readonly world: ClusterWorld;
  /** Sleeping moves the world. */
  readonly clock: Clock;
  url = "";
  /** Every request of a cluster's API, with the world's time. */
  readonly requests: { at: number; method: string; path: string }[] = [];
  #close: () => Promise<void> = () => Promise.resolve();

  /** @param time by hand: {@link clock} moves the world, or {@link WorldClock.advance} */
  constructor(time: TimeSource = manualTime()) {
    this.worldClock = new WorldClock(time, 1);
    const ids = new Ids(7);
    const guests = new Guests(this.worldClock, ids);
    this.guests = guests;
    this.world = {
      clock: this.worldClock,
      ids,
      faults: new Faults(),
      guests: () => guests.all(),
      onGuestEvent: (listener) => guests.onEvent(listener),
      powerOffFromInside: (serverId) => {
        const guest = guests.get(serverId);
        return guest !== undefined && guests.shutDownFromInside(guest, () => undefined);
      },
    };
    this.clock = {
      now: () => this.worldClock.now(),
      sleep: async (ms, signal) => {
        signal?.throwIfAborted();
        await new Promise(setImmediate);
        signal?.throwIfAborted();
        this.worldClock.advance(ms);
      },
    };
  }

  async open(): Promise<this> {
    const app = new Hono();
    app.use("/openshift/*", async (c, next) => {
      const path = c.req.path.split("/").slice(3).join("/");
      this.requests.push({ at: this.worldClock.nowMs(), method: c.req.method, path });
      await next();
    });
    app.route("/openshift", openshiftApp(this.world));
    app.route("/sandbox", clusterControlApp(this.world));
    const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 });
    if (!server.listening) await new Promise((resolve) => server.once("listening", resolve));
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.#close = () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        if ("closeAllConnections" in server) server.closeAllConnections();
      });
    return this;
  }

  async close(): Promise<void> {
    this.worldClock.stop();
    await this.#close();
  }

  /** Makes and powers on a guest; a disk makes it a restored one. */
  boot(
    name: string,
    ip: string,
    content: DiskContent = emptyDisk(),
    network = "machine-net",
  ): Guest {
    const chassis = {
      serverId: this.world.ids.uuid(),
      projectId: "demo",
      name: () => name,
      metadata: () => ({}),
      imageProperties: () => ({}),
      nics: () => [{ networkId: network, mac: "fa:16:9e:81:f6:10", ips: [ip] }],
      volumes: () => [],
    };
    const guest = this.guests.create(chassis, content);
    this.guests.powerOn(guest);
    return guest;
  }

  /** An installed cluster: a controller, masters from .10 on, workers from .20 on. */
  install(masters = 1, workers = 0): Guest[] {
    this.boot("controller", "192.168.32.254");
    const nodes = [
      ...Array.from({ length: masters }, (_, i) =>
        this.boot(`master-${i}`, `192.168.32.${10 + i}`),
      ),
      ...Array.from({ length: workers }, (_, i) =>
        this.boot(`worker-${i}`, `192.168.32.${20 + i}`),
      ),
    ];
    this.worldClock.advance(50 * minute);
    return nodes;
  }

  /**
   * Installs a cluster and brings it to rest when it has its age.
   *
   * @param before done when the cluster is of that age
   */
  async bringToRest(
    masters = 1,
    workers = 0,
    ageMs = 25 * hour,
    before?: () => Promise<unknown>,
  ): Promise<RestingCluster> {
    const nodes = this.install(masters, workers);
    this.worldClock.advance(ageMs);
    await before?.();
    const facts = await readClusterFacts(await this.cluster());
    await quiesce(await this.cluster(), { clock: this.clock });
    this.worldClock.advance(2 * minute);
    return { facts, offAt: this.worldClock.now(), nodes };
  }

  /** Revives a cluster by what is known of it. */
  async revive(
    { facts, offAt }: RestingCluster,
    options: Partial<Revive> = {},
  ): Promise<ReviveEvidence> {
    return revive(await this.cluster(), {
      clusterId: facts.clusterId,
      bootIdsBefore: Object.fromEntries(facts.nodes.map((node) => [node.name, node.bootId])),
      cordonedBefore: facts.nodes.filter((node) => node.cordoned).map((node) => node.name),
      offAt,
      clock: this.clock,
      ...options,
    });
  }

  /** Stops all guests and removes them; boots copies of their disks in another network. */
  async captureAndRestore(nodes: readonly Guest[], offForMs = hour): Promise<Guest[]> {
    const images = nodes.map((guest) => ({
      name: guest.name,
      ip: guest.ips[0] ?? "",
      content: this.guests.captureDisk(guest),
    }));
    for (const guest of this.guests.all()) this.guests.remove(guest);
    this.worldClock.advance(offForMs);
    await new Promise(setImmediate);
    this.boot("controller", "192.168.32.254", emptyDisk(), "restored-net");
    return images.map(({ name, ip, content }) => this.boot(name, ip, content, "restored-net"));
  }

  /** Powers everything off as `openstack server stop` does. */
  stopGracefully(nodes: readonly Guest[]): void {
    for (const guest of nodes) this.guests.pressPowerButton(guest, () => undefined);
    this.worldClock.advance(minute);
  }

  cluster(signal?: AbortSignal): Promise<Cluster> {
    const kubeconfig = { content: kubeconfigFor(this.url, address) };
    return connectCluster({ kubeconfig, clock: this.clock, signal });
  }

  /** The model's own view of the cluster at the address. */
  model() {
    const model = clustersOf(this.world).at(address);
    if (!model) throw new Error("no cluster runs");
    return model;
  }
}
