import type { Clock } from "../../common/clock";
import type { Cluster } from "../../openshift";

/** A request for a certificate: a kubelet's own but for what is given. */
export interface Filing {
  node: string;
  purpose: "client" | "serving";
  commonName?: string;
  organizations?: string[];
  dnsNames?: string[];
  signerName?: string;
  usages?: string[];
  /** Somebody else's: without it the bootstrapper asks for clients, the node itself for serving. */
  username?: "system:admin";
}

/** Waits of the suite, in milliseconds of {@link ClusterUnderTest.clock}. */
export interface ClusterTimes {
  /** Longer than a boot takes until all nodes are Ready. */
  boot: number;
  /** Longer than it takes after a boot until every operator has shown life. */
  life: number;
  /** From `shutdown -h` until a node is off, at the most. */
  shutdown: number;
}

/**
 * A cluster that the acceptance suite is run on: three masters and two workers, installed long ago,
 * with rotated certificates. What is done here is what happens to a cluster from outside.
 */
export interface ClusterUnderTest {
  /** Ours, which the product goes by. While it sleeps the cluster's time passes. */
  readonly clock: Clock;
  readonly times: ClusterTimes;
  /** The masters first. */
  readonly nodes: readonly string[];
  /** The product's client, with the product's rights. */
  connect(signal?: AbortSignal): Promise<Cluster>;
  /** Which nodes have power. */
  powered(): string[];
  /** Waits until no node has power, without cutting it. @returns a moment of {@link clock} after that */
  waitUntilOff(): Promise<Date>;
  /**
   * Boots all nodes from what they had on their disks; returns at once.
   *
   * @param how `isExpired`: after so long that the kubelets' certificates have expired; `silent`: an
   *   operator that shows no life in this boot
   */
  restore(how?: { isExpired?: boolean; silent?: string }): Promise<void>;
  /** Waits until nothing moves any more after a boot. */
  settle(): Promise<void>;
  /** Cuts a node's power; the cluster has noticed when it returns, if it notices. */
  pullPlug(node: string): Promise<void>;
  /** `stale`: reports nothing from now on. */
  setOperator(name: string, fault: "degraded" | "stale" | undefined): Promise<void>;
  /** Cordons as the machine config operator does. */
  cordon(node: string): Promise<void>;
  /** Files a request. @returns its name */
  file(filing: Filing): Promise<string>;
  /** Takes the API away, and gives it back after a while. */
  interruptApi(): Promise<void>;
  /** Sets the cluster's clock ahead of {@link clock} by so much, seen from now on. */
  skewClock(aheadMs: number): void;
  /** What {@link waitUntilOff} returned, by {@link clock} as it is now. */
  offAt(): Date;
  /** Until when the certificates that the node's kubelet uses are valid, for how it uses them. */
  certificatesOf(node: string): { clientUntil: Date; servingUntil: Date };
  /** Pods that the product has left behind. */
  podsLeft(): Promise<string[]>;
}
