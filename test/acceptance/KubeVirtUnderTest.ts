import type { Clock } from "../../common/clock";
import type { Fault } from "../../sandbox/kubevirt/faults";
import type { WantedVm } from "../../sandbox/kubevirt/wantedVm";

/** The plural of a resource, e.g. `virtualmachinesnapshots`. */
export type Plural = string;

/** An object as the API has it; what is looked at is up to the test. */
export interface Seen {
  metadata: {
    name: string;
    uid: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    [field: string]: unknown;
  };
  spec?: unknown;
  status?: unknown;
}

/** A machine's inside, apart from Kubernetes. What is asked of one that is off is about its disks. */
export interface GuestUnderTest {
  /** Files of a volume, by path: what the guest sees while it runs, else what its disk holds. */
  files(volume?: string): Promise<Record<string, string>>;
  /**
   * Writes a file.
   *
   * @param how `isSynced: false` leaves it in the guest's memory until a freeze, a sync or a clean stop
   * @throws when the guest is off; a frozen guest does it once it is thawed
   */
  write(path: string, text: string, how?: { volume?: string; isSynced?: boolean }): Promise<void>;
  /** Removes a file, or all below a path that ends in a slash. */
  remove(path: string, volume?: string): Promise<void>;
  isRunning(): Promise<boolean>;
  /** Whether its file systems take no writes. */
  isFrozen(): Promise<boolean>;
  /** Ends or starts the agent inside; the API has noticed when it returns. */
  setAgent(isRunning: boolean): Promise<void>;
}

/** A KubeVirt that the acceptance suite is run on. */
export interface KubeVirtUnderTest {
  /** Ours, which the product goes by. While it sleeps the cluster's time passes. */
  readonly clock: Clock;
  /** Where the machines are. */
  readonly namespace: string;
  /** Content of a kubeconfig with the product's rights, and no more. */
  readonly kubeconfig: string;
  /** Makes a machine with its disks, and waits until it is as its run strategy wants it. */
  addVirtualMachine(wanted: WantedVm): Promise<void>;
  guest(vm: string): GuestUnderTest;
  /** Lets something go wrong from now on. @returns what ends it */
  setFault(fault: Fault): () => void;
  /** An object of {@link namespace} as a superuser sees it. */
  find(resource: Plural, name: string): Promise<Seen | undefined>;
  list(resource: Plural): Promise<Seen[]>;
  /** A call of a superuser: a path below the API server's address. No answer is an error. */
  call(
    method: string,
    path: string,
    body?: unknown,
    contentType?: string,
  ): Promise<{ status: number; body: unknown }>;
  /** Waits in {@link clock}. @throws with what was last thrown when it takes longer than two minutes */
  until(what: string, check: () => Promise<void> | void): Promise<void>;
  /** What the product has asked for, in order. */
  requests(): { method: string; path: string; status: number }[];
  close(): Promise<void>;
}
