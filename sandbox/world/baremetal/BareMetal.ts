import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Guests } from "../guests";
import type { Identity } from "../identity";
import { found, Refusal } from "../refusal";
import { Conductor } from "./Conductor";
import type { ConductorContext } from "./context";
import { enroll, newNode, newPort } from "./enroll";
import type { Machine } from "./Machine";
import { Ramdisk } from "./Ramdisk";
import type {
  BareMetalNode,
  BareMetalNodeOptions,
  BareMetalOptions,
  BareMetalPort,
  NodeFields,
} from "./records";
import { stateMachine, type StateMachine } from "./states";
import { WebDavStore } from "./store/WebDavStore";
import { Tasks } from "./Tasks";

/** What bare metal needs of the world around it. */
export interface BareMetalParts extends Pick<
  ConductorContext,
  "clock" | "ids" | "faults" | "images"
> {
  guests: Guests;
  identity: Identity;
}

const callbackTimeoutMs = 1_800_000;

/** Ironic's content: nodes, their ports, the machines behind them, and the conductor. */
export class BareMetal {
  readonly conductor: Conductor;
  /** Of the conductor. */
  readonly tasks: Tasks;
  readonly #nodes = new Map<string, BareMetalNode>();
  readonly #ports = new Map<string, BareMetalPort>();
  readonly #machines = new Map<string, Machine>();
  readonly #states = { true: stateMachine(true), false: stateMachine(false) };
  #directory: string | undefined;
  #store: Promise<WebDavStore> | undefined;
  #storeCa = "";

  constructor(
    private readonly parts: BareMetalParts,
    /** May be changed at any time. */
    readonly options: BareMetalOptions,
  ) {
    const { clock, ids, faults, images } = parts;
    const machine = () => this.machine;
    this.tasks = new Tasks({ clock, faults, machine, nodes: () => this.nodes() });
    this.conductor = new Conductor({
      ...{ clock, ids, faults, images, machine, tasks: this.tasks },
      callbackTimeoutMs: () => options.callbackTimeoutMs ?? callbackTimeoutMs,
      machineOf: (node) => this.machineOf(node),
      portsOf: (node) => this.ports().filter(({ nodeUuid }) => nodeUuid === node.uuid),
      store: () => this.store(),
      storeCa: () => this.#storeCa,
      node: (uuid) => this.#nodes.get(uuid),
      nodeWith: (macs) => {
        const port = this.ports().find(({ address }) => macs.includes(address));
        return this.#nodes.get(port?.nodeUuid ?? "");
      },
    });
  }

  /** Whether this Ironic offers snapshots. */
  get offersSnapshots(): boolean {
    return this.options.snapshots ?? true;
  }

  /** The state machine of this Ironic. */
  get machine(): StateMachine {
    return this.#states[`${this.offersSnapshots}`];
  }

  nodes(): BareMetalNode[] {
    return [...this.#nodes.values()];
  }

  ports(): BareMetalPort[] {
    return [...this.#ports.values()];
  }

  /** @param ident uuid or name. @throws {RangeError} when there is none */
  node(ident: string): BareMetalNode {
    const node = this.nodes().find(({ uuid, fields }) => uuid === ident || fields.name === ident);
    if (node === undefined) throw new RangeError(`There is no bare-metal node ${ident}.`);
    return node;
  }

  /** The hardware of a node; undefined of one that was only declared. */
  machineOf({ uuid }: BareMetalNode): Machine | undefined {
    return this.#machines.get(uuid);
  }

  /** Puts up machines, enrolled and ready, or active with an image. */
  enroll(options: readonly BareMetalNodeOptions[]): void {
    for (const one of options) {
      const { node, ports, machine } = enroll(one, {
        ...this.parts,
        directory: this.#scratch,
        netboot: (it) => new Ramdisk(it, this.conductor, { ...this.parts, scratch: this.#scratch }),
      });
      this.#nodes.set(node.uuid, node);
      this.#machines.set(node.uuid, machine);
      for (const port of ports) this.#ports.set(port.uuid, port);
    }
  }

  /** Declares a node, as the API does. @throws {Refusal} 409 for a name that is taken */
  createNode(fields: Partial<NodeFields>): BareMetalNode {
    const { name = null } = fields;
    if (name !== null && this.nodes().some((node) => node.fields.name === name)) {
      throw new Refusal(409, `A node with name ${name} already exists.`);
    }
    const node = newNode(fields, this.parts);
    this.#nodes.set(node.uuid, node);
    return node;
  }

  /** @throws {Refusal} 409 for a MAC that is taken */
  createPort(node: BareMetalNode, address: string): BareMetalPort {
    if (this.ports().some((port) => port.address === address)) {
      throw new Refusal(409, `A port with MAC address ${address} already exists.`);
    }
    const port = newPort(node.uuid, address, this.parts);
    this.#ports.set(port.uuid, port);
    return port;
  }

  /** @throws {Refusal} 409 in a state that does not allow it, or while the node is reserved */
  deleteNode(node: BareMetalNode): void {
    const task = this.tasks.acquire(node);
    task.release();
    const isAllowed = ["manageable", "enroll", "available"].includes(node.provisionState);
    if (!isAllowed && !node.fields.maintenance) {
      throw new Refusal(
        409,
        `Can not delete node "${node.uuid}" while it is in provision state "${node.provisionState}". Valid provision states to perform deletion are: ['manageable', 'enroll', 'adopt failed']`,
      );
    }
    this.machineOf(node)?.powerOff();
    this.#nodes.delete(node.uuid);
    this.#machines.delete(node.uuid);
    for (const [uuid, { nodeUuid }] of this.#ports) {
      if (nodeUuid === node.uuid) this.#ports.delete(uuid);
    }
  }

  /** @throws {Refusal} 404 */
  port(uuid: string): BareMetalPort {
    return found(this.#ports.get(uuid), () => new Refusal(404, `Port ${uuid} could not be found.`));
  }

  /** The conductor dies and comes back. */
  restartConductor(): void {
    this.tasks.restart();
  }

  /** Ends when the conductor has nothing to do any more. */
  idle(): Promise<void> {
    return this.tasks.idle();
  }

  /** The intermediate storage, started when it is needed for the first time. */
  store(): Promise<WebDavStore> {
    this.#store ??= WebDavStore.start({
      directory: join(this.#scratch, "snapshots"),
      now: () => this.parts.clock.now(),
      capacityBytes: () => this.options.storeBytes ?? Infinity,
    }).then((store) => {
      this.#storeCa = store.ca;
      return store;
    });
    return this.#store;
  }

  /** Ends everything; disks and images are gone. */
  async close(): Promise<void> {
    this.tasks.stop();
    for (const machine of this.#machines.values()) machine.powerOff();
    await this.tasks.idle();
    await (await this.#store)?.close();
    if (this.#directory !== undefined) rmSync(this.#directory, { recursive: true, force: true });
  }

  // A world without machines leaves nothing on the disk.
  get #scratch(): string {
    this.#directory ??= mkdtempSync(join(tmpdir(), "snapset-baremetal-"));
    return this.#directory;
  }
}
