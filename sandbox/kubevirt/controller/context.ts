import type { Disks } from "../disks";
import type { Faults } from "../faults";
import type { GuestMachine } from "../GuestMachine";
import type { ResourceType } from "../resources";
import type { Times } from "../times";
import type { KubeObject } from "../types";

/** What a controller sees, and what it has at hand beside the API. */
export interface Context {
  readonly nowMs: number;
  readonly times: Times;
  readonly faults: Faults;
  readonly disks: Disks;
  /** Guests that run, by the uids of their instances. */
  readonly guests: Map<string, GuestMachine>;
  /** When a freeze may be tried again, by the uids of contents. */
  readonly retries: Map<string, number>;
  find<T extends KubeObject>(
    type: ResourceType<T>,
    namespace: string | undefined,
    name: string,
  ): T | undefined;
  list<T extends KubeObject>(type: ResourceType<T>, namespace?: string): T[];
  /** Asks to be called again at a time, when that is to come. @returns whether it has come */
  isDue(atMs: number): boolean;
}

/** One write to the API; what is then to be done is seen from what there is then. */
export interface Write {
  verb: "create" | "update" | "updateStatus" | "delete";
  type: ResourceType;
  object: KubeObject;
}

/** Looks at an object and says the next thing to do about it, if any. */
export type Reconcile<T extends KubeObject = KubeObject> = (
  object: T,
  context: Context,
) => Write | undefined;
