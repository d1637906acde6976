import { Refusal } from "../refusal";
import { namesOf, type ConductorContext } from "./context";
import { Deploying } from "./Deploying";
import { Power } from "./Power";
import type { AgentApi, LookedUp, Ramdisk } from "./Ramdisk";
import type { BareMetalNode, JsonObject } from "./records";
import { Snapshotting } from "./Snapshotting";
import { eventOf, type StateMachine } from "./states";
import { invalidState, nodeLocked } from "./Tasks";

/** What the conductor knows of all nodes. */
export interface ConductorParts extends ConductorContext {
  machine: () => StateMachine;
  nodeWith: (macs: readonly string[]) => BareMetalNode | undefined;
  node: (uuid: string) => BareMetalNode | undefined;
  storeCa: () => string;
}

/** The conductor: does to nodes what the API asks for, and hears the ramdisks. */
export class Conductor implements AgentApi {
  readonly power: Power;
  readonly #snapshotting: Snapshotting;
  readonly #deploying: Deploying;

  constructor(private readonly parts: ConductorParts) {
    this.power = new Power(parts);
    this.#snapshotting = new Snapshotting(parts);
    this.#deploying = new Deploying(parts);
  }

  /** Whether a state allows a request's target at all. @throws {Refusal} 400, or 409 while reserved */
  checkTarget(node: BareMetalNode, target: string): void {
    const { fields, uuid } = node;
    if (["active", "rebuild"].includes(target) && fields.maintenance) {
      throw new Refusal(
        400,
        `The provisioning operation can't be performed on node ${uuid} because it's in maintenance mode.`,
      );
    }
    if (this.parts.machine().next(node.provisionState, eventOf(target)) !== undefined) return;
    throw node.reservation === null ? invalidState(node, target) : nodeLocked(node);
  }

  /** @param imageRef UUID of the image that receives a snapshot. @throws {Refusal} as Ironic refuses */
  provision(node: BareMetalNode, target: string, imageRef: string): void {
    const event = eventOf(target);
    switch (event) {
      case "snapshot":
        this.#snapshotting.request(node, imageRef);
        return;
      case "abort":
        this.#snapshotting.abort(node);
        return;
      case "deploy":
      case "rebuild":
        this.#deploying.request(node, event);
        return;
      case "delete":
        this.#deploying.tearDown(node, (task) => this.#snapshotting.cleanUp(task));
        return;
      case "manage":
      case "provide":
        this.#deploying.prepare(node, event);
        return;
      default:
        // The machine's own events (done, fail, …) are nobody's to ask for.
        throw invalidState(node, target);
    }
  }

  lookup(macs: readonly string[]): LookedUp | undefined {
    const node = this.parts.nodeWith(macs);
    if (node === undefined) return undefined;
    const action = node.provisionState.startsWith("snapshot") ? "snapshot" : "deploy";
    if (this.parts.faults.hasEffect("ramdiskSilent", action, namesOf(node))) return undefined;
    return {
      uuid: node.uuid,
      name: node.fields.name ?? "",
      rootDevice: node.fields.properties["root_device"] as JsonObject | undefined,
      storeCa: this.parts.storeCa(),
    };
  }

  heartbeat(uuid: string, agent: Ramdisk): void {
    const node = this.parts.node(uuid);
    if (node === undefined || node.reservation !== null || node.fields.maintenance) return;
    if (node.provisionState === "snapshot wait") this.#snapshotting.resume(node);
    if (node.provisionState === "wait call-back") this.#deploying.resume(node, agent);
  }
}
