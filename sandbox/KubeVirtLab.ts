import { Agent, request } from "undici";
import type { Clock } from "../common/clock";
import {
  Faults,
  GuestAccess,
  kubeconfigOf,
  kubevirtApp,
  listen,
  missingOf,
  ModelControllers,
  ObjectStore,
  objectsOf,
  pathOf,
  resourceTypes,
  storageObjects,
  usualTimes,
  type Fault,
  type Listening,
  type Served,
  type Times,
  type WantedVm,
} from "./kubevirt";
import { Ids } from "./world/ids";
import { manualTime, WorldClock, type TimeSource } from "./world/worldClock";

/** How a lab differs from the usual one. */
export interface KubeVirtLabOptions {
  /** By hand: {@link KubeVirtLab.clock} moves the world. @default by hand */
  time?: TimeSource;
  /** Versions of a group that are served, e.g. `{ "snapshot.kubevirt.io": ["v1alpha1"] }`. @default all */
  served?: Served;
  times?: Partial<Times>;
}

const patienceMs = 120_000;

/** A cluster with KubeVirt in memory, with its API on loopback. */
export class KubeVirtLab {
  readonly namespace = "default";
  readonly worldClock: WorldClock;
  /** Sleeping moves the world. */
  readonly clock: Clock;
  readonly faults = new Faults();
  readonly #tokens = { product: "sha256~snapset", superuser: "sha256~superuser" };
  readonly #requests: { method: string; path: string; status: number }[] = [];
  readonly #ids = new Ids(11);
  readonly #store: ObjectStore;
  readonly #controllers: ModelControllers;
  readonly #served: Served;
  #listening: Listening | undefined;
  #agent = new Agent();

  constructor({ time, served = {}, times }: KubeVirtLabOptions = {}) {
    this.worldClock = new WorldClock(time ?? manualTime());
    this.#served = served;
    this.#store = new ObjectStore(() => this.worldClock.nowMs(), this.#ids);
    const allTimes = { ...usualTimes, ...times };
    this.#controllers = new ModelControllers(
      this.#store,
      this.worldClock,
      this.faults,
      allTimes,
      () => this.#ids.uuid(),
    );
    this.clock = {
      now: () => this.worldClock.now(),
      sleep: (ms, signal) => (time ? this.worldClock.sleep(ms, signal) : this.#skip(ms, signal)),
    };
  }

  async open(): Promise<this> {
    for (const { type, object } of storageObjects()) this.#store.create(type, object);
    for (const name of [this.namespace, "kubevirt"]) {
      const type = resourceTypes.find(({ kind }) => kind === "Namespace");
      if (type)
        this.#store.create(type, { apiVersion: "v1", kind: "Namespace", metadata: { name } });
    }
    const app = kubevirtApp({
      store: this.#store,
      controllers: this.#controllers,
      faults: this.faults,
      ids: this.#ids,
      served: this.#served,
      tokens: this.#tokens,
      onRequest: (request) => this.#requests.push(request),
    });
    this.#listening = await listen(app);
    this.#agent = new Agent({ connect: { ca: this.#listening.ca } });
    return this;
  }

  async close(): Promise<void> {
    this.worldClock.stop();
    await this.#agent.destroy();
    await this.#listening?.close();
  }

  /** Content of a kubeconfig for the product. */
  get kubeconfig(): string {
    if (!this.#listening) throw new Error("the lab is not open");
    return kubeconfigOf(this.#listening, this.#tokens.product, this.namespace);
  }

  /** Makes a machine with its disks, and waits until it is as its run strategy wants it. */
  async addVirtualMachine(wanted: WantedVm): Promise<void> {
    for (const object of objectsOf(wanted, this.namespace, this.#controllers.disks)) {
      const type = resourceTypes.find(({ kind }) => kind === object.kind);
      const path = type ? pathOf(type, this.namespace) : "";
      const { status, body } = await this.call("POST", path, object);
      if (status !== 201) throw new Error(`cannot make ${wanted.name}: ${JSON.stringify(body)}`);
    }
    await this.until(`${wanted.name} to be as wanted`, () => {
      const missing = missingOf(wanted, this.namespace, this.#controllers);
      if (missing !== undefined) throw new Error(`it is ${missing}`);
    });
  }

  guest(vm: string): LabGuest {
    return new LabGuest(
      new GuestAccess(this.#controllers, this.namespace, vm),
      this.#controllers,
      (what, check) => this.until(what, check),
    );
  }

  setFault(fault: Fault): () => void {
    const end = this.faults.add(fault);
    this.#controllers.run();
    return () => {
      end();
      this.#controllers.run();
    };
  }

  find(resource: string, name: string) {
    return Promise.resolve(this.#all(resource).find(({ metadata }) => metadata.name === name));
  }

  list(resource: string) {
    return Promise.resolve(this.#all(resource));
  }

  async call(method: string, path: string, body?: unknown, contentType = "application/json") {
    const answer = await request(`${this.#listening?.url ?? ""}${path}`, {
      method: method as "GET",
      dispatcher: this.#agent,
      headers: { authorization: `Bearer ${this.#tokens.superuser}`, "content-type": contentType },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.body.text();
    const parsed = text === "" ? undefined : (JSON.parse(text) as unknown);
    return { status: answer.statusCode, body: parsed };
  }

  async until(what: string, check: () => Promise<void> | void): Promise<void> {
    const deadline = this.worldClock.nowMs() + patienceMs;
    for (;;) {
      try {
        await check();
        return;
      } catch (error) {
        if (this.worldClock.nowMs() < deadline) await this.clock.sleep(500);
        else throw new Error(`waited two minutes for ${what}`, { cause: error });
      }
    }
  }

  requests() {
    return [...this.#requests];
  }

  #all(resource: string) {
    const type = resourceTypes.find(({ plural }) => plural === resource);
    if (!type) throw new Error(`there is no resource ${resource}`);
    const all = this.#store.list(type, type.isNamespaced ? this.namespace : undefined);
    return all.map((object) => ({
      ...object,
      metadata: { ...object.metadata, uid: object.metadata.uid ?? "" },
    }));
  }

  async #skip(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    await new Promise(setImmediate);
    signal?.throwIfAborted();
    this.worldClock.advance(ms);
  }
}

/** The inside of a machine; what is done there is noticed by the controllers at once. */
class LabGuest {
  constructor(
    private readonly inside: GuestAccess,
    private readonly controllers: ModelControllers,
    private readonly until: (what: string, check: () => void) => Promise<void>,
  ) {}

  files(volume?: string): Promise<Record<string, string>> {
    return Promise.resolve(this.inside.files(volume));
  }

  write(path: string, text: string, how: { volume?: string; isSynced?: boolean } = {}) {
    return this.#act(() => {
      this.inside.write(path, text, how.volume, how.isSynced);
    });
  }

  remove(path: string, volume?: string): Promise<void> {
    return this.#act(() => {
      this.inside.remove(path, volume);
    });
  }

  isRunning(): Promise<boolean> {
    return Promise.resolve(this.inside.isRunning());
  }

  isFrozen(): Promise<boolean> {
    return Promise.resolve(this.inside.isFrozen());
  }

  async setAgent(isRunning: boolean): Promise<void> {
    await this.#act(() => {
      this.inside.setAgent(isRunning);
    });
    await this.until("the agent to be noticed", () => {
      if (this.inside.isAgentSeen() !== isRunning) throw new Error("it is not");
    });
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- what the guest refuses is a rejection
  async #act(act: () => void): Promise<void> {
    act();
    this.controllers.run();
  }
}
