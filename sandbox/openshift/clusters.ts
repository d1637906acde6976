import type { Guest, World } from "../world";
import { clusterOnDisk, newCluster, newNode, type ClusterState } from "./clusterState";
import { ModelCluster } from "./modelCluster";
import { roleOf } from "./roles";

/** What of a world clusters depend on. */
export type ClusterWorld = Pick<
  World,
  "clock" | "ids" | "faults" | "guests" | "onGuestEvent" | "powerOffFromInside"
>;

/** Every cluster at work in a world; it follows the guests' boots and stops. */
export class Clusters {
  readonly #clusters = new Set<ModelCluster>();

  constructor(readonly world: ClusterWorld) {
    world.onGuestEvent((event) => {
      if (event.type === "booted") this.#admit();
      if (event.type === "stopped") this.#dismiss(event.guest, event.graceful);
      if (event.type === "capturing") this.#of(event.guest)?.flush(event.guest);
      if (event.type === "deleted") this.#dismiss(event.guest, false);
    });
    this.#admit();
  }

  all(): ModelCluster[] {
    return [...this.#clusters];
  }

  /**
   * The cluster behind an API address: that of the running master with this address. Where two
   * environments have the same addresses, both running, it is the one that booted last.
   */
  at(address: string): ModelCluster | undefined {
    return this.all()
      .reverse()
      .find((cluster) =>
        cluster.guests.some(
          (guest) => guest.ips.includes(address) && this.#isMaster(cluster, guest),
        ),
      );
  }

  #isMaster(cluster: ModelCluster, guest: Guest): boolean {
    return cluster.state.nodes[cluster.nodeNameOf(guest) ?? ""]?.role === "master";
  }

  #of(guest: Guest): ModelCluster | undefined {
    return this.all().find((cluster) => cluster.nodeNameOf(guest) !== undefined);
  }

  #dismiss(guest: Guest, graceful: boolean): void {
    const cluster = this.#of(guest);
    cluster?.leave(guest, graceful);
    if (cluster?.isEmpty) this.#clusters.delete(cluster);
  }

  /**
   * Finds a cluster for every running guest without one: first the masters whose disks hold one,
   * then the workers whose disks name one, then blank disks, which are installed.
   */
  #admit(): void {
    const homeless = this.world
      .guests()
      .filter((guest) => guest.state === "running" && this.#of(guest) === undefined);
    for (const guest of homeless) this.#admitMaster(guest);
    for (const guest of homeless) this.#admitWorker(guest);
    for (const guest of homeless) this.#install(guest);
  }

  #admitMaster(guest: Guest): void {
    const disk = clusterOnDisk(guest.disk.content);
    if (disk?.kind !== "etcd") return;
    const existing = this.#neighbour(guest, disk.clusterId);
    existing?.adopt(disk);
    (existing ?? this.#start(structuredClone(disk))).join(hostnameOf(guest), guest);
  }

  #admitWorker(guest: Guest): void {
    const disk = clusterOnDisk(guest.disk.content);
    if (disk?.kind !== "worker") return;
    this.#neighbour(guest, disk.clusterId)?.join(hostnameOf(guest), guest);
  }

  /** A blank node boots from the network: its controller has to be there to answer. */
  #install(guest: Guest): void {
    const role = roleOf(guest);
    if (guest.disk.content.cluster !== undefined || role === "controller" || !role) return;
    const neighbours = this.world.guests().filter((other) => shareNetwork(guest, other));
    if (!neighbours.some((other) => roleOf(other) === "controller")) return;
    const cluster =
      this.#neighbour(guest) ??
      (role === "master" ? this.#start(newCluster(this.world)) : undefined);
    if (!cluster) return;
    const now = this.world.clock.nowMs();
    const name = hostnameOf(guest);
    cluster.state.nodes[name] = newNode(cluster.state, role, guest.ips[0] ?? "", now);
    cluster.join(name, guest);
    cluster.flush(guest);
  }

  #start(state: ClusterState): ModelCluster {
    const cluster = new ModelCluster(state, this.world.clock);
    this.#clusters.add(cluster);
    return cluster;
  }

  #neighbour(guest: Guest, clusterId?: string): ModelCluster | undefined {
    return this.all().find(
      (cluster) =>
        (clusterId === undefined || cluster.state.clusterId === clusterId) &&
        cluster.guests.some((other) => shareNetwork(guest, other)),
    );
  }
}

const known = new WeakMap<ClusterWorld, Clusters>();

/** A world's clusters: one model, whoever asks. */
export function clustersOf(world: ClusterWorld): Clusters {
  const clusters = known.get(world) ?? new Clusters(world);
  known.set(world, clusters);
  return clusters;
}

function shareNetwork(one: Guest, other: Guest): boolean {
  const networks = new Set(one.chassis.nics().map((nic) => nic.networkId));
  return other.chassis.nics().some((nic) => networks.has(nic.networkId));
}

/** The host name is on the disk, so a restored node is the node that it was. */
function hostnameOf(guest: Guest): string {
  return guest.disk.content.files["/etc/name"] ?? guest.name;
}
