import type { Appointment, WorldClock } from "../world/worldClock";
import { binder, controllers, running } from "./controller";
import type { Context, Write } from "./controller/context";
import { Disks } from "./disks";
import { mutated } from "./firmware";
import type { Faults } from "./faults";
import type { GuestMachine } from "./GuestMachine";
import type { ObjectStore } from "./ObjectStore";
import type { ResourceType } from "./resources";
import type { Times } from "./times";
import type { KubeObject } from "./types";

/** Looks at everything for one occasion; more would be two controllers that undo each other's work. */
const mostPasses = 200;

/** The controllers over a store in memory, in virtual time: nothing is left to do when it returns. */
export class ModelControllers implements Context {
  readonly disks = new Disks();
  readonly guests = new Map<string, GuestMachine>();
  readonly retries = new Map<string, number>();
  #wakeUp: Appointment | undefined;
  #isRunning = false;

  constructor(
    private readonly store: ObjectStore,
    private readonly clock: WorldClock,
    readonly faults: Faults,
    readonly times: Times,
    private readonly newId: () => string,
  ) {
    store.onEvent(() => {
      this.run();
    });
  }

  get nowMs(): number {
    return this.clock.nowMs();
  }

  find<T extends KubeObject>(type: ResourceType<T>, namespace: string | undefined, name: string) {
    return this.store.peek(type, namespace, name);
  }

  list<T extends KubeObject>(type: ResourceType<T>, namespace?: string): T[] {
    return this.store.peekAll(type, namespace);
  }

  isDue(atMs: number): boolean {
    if (atMs <= this.nowMs) return true;
    if (this.#wakeUp === undefined || atMs < this.#wakeUp.due) {
      this.#wakeUp?.cancel();
      this.#wakeUp = this.clock.at(new Date(Math.ceil(atMs)), () => {
        this.#wakeUp = undefined;
        this.run();
      });
    }
    return false;
  }

  /** Does everything that there is to do now. */
  run(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      for (let passes = 0; this.#pass(); passes += 1) {
        if (passes > mostPasses) throw new Error("the controllers do not come to rest");
      }
    } finally {
      this.#isRunning = false;
    }
  }

  /** Every object once. @returns whether anything was written */
  #pass(): boolean {
    let hasWritten = false;
    for (const { type, reconcile } of running([...controllers, binder], this)) {
      for (const { metadata } of this.store.peekAll(type)) {
        // It may have gone, or changed, since the list.
        const object = this.store.peek(type, metadata.namespace, metadata.name);
        const write = object && reconcile(object, this);
        if (write) this.#apply(write);
        hasWritten ||= write !== undefined;
      }
    }
    return hasWritten;
  }

  #apply({ verb, type, object }: Write): void {
    const { namespace, name } = object.metadata;
    if (verb === "create") this.store.create(type, mutated(type, object, this.newId));
    else if (verb === "update") this.store.update(type, object);
    else if (verb === "updateStatus") this.store.updateStatus(type, object);
    else this.store.delete(type, namespace, name);
  }
}
