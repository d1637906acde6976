import { Refusal } from "../refusal";
import type { ConductorContext } from "./context";
import type { Machine } from "./Machine";
import type { BareMetalNode } from "./records";
import { invalidState, type Task } from "./Tasks";

const switchMs = 1_000;
/** How long a guest has to shut down before it is given up, where the request does not say. */
const softTimeoutMs = 600_000;

const targets: Readonly<Record<string, "power on" | "power off" | "rebooting">> = {
  "power on": "power on",
  "power off": "power off",
  rebooting: "rebooting",
  "soft power off": "power off",
  "soft rebooting": "rebooting",
};

/** Switches nodes on and off. */
export class Power {
  constructor(private readonly context: ConductorContext) {}

  /** @throws {Refusal} 400 for an unknown target or while cleaning, 409 while the node is reserved */
  request(node: BareMetalNode, ident: string, target: string, timeoutMs = softTimeoutMs): void {
    const wanted = targets[target];
    if (wanted === undefined) throw unknownTarget(node, ident, target);
    if (node.provisionState === "cleaning") throw invalidState(node, target);
    const task = this.context.tasks.acquire(node);
    node.targetPowerState = wanted === "rebooting" ? "power on" : wanted;
    const work = async () => {
      await this.#switch(task, target.startsWith("soft") ? timeoutMs : undefined, wanted);
      node.targetPowerState = null;
      node.lastError = null;
    };
    this.context.tasks.spawn(task, work, (error) => {
      node.targetPowerState = null;
      node.lastError = `Failed to change power state to '${wanted}' by '${target}': ${error.message}`;
    });
  }

  async #switch(
    task: Task,
    softMs: number | undefined,
    wanted: "power on" | "power off" | "rebooting",
  ): Promise<void> {
    const machine = this.context.machineOf(task.node);
    if (machine !== undefined) {
      await task.pass(switchMs);
      if (wanted !== "power on") {
        if (softMs !== undefined && machine.isOn) await this.#shutDown(task, machine, softMs);
        machine.powerOff();
      }
      if (wanted !== "power off") machine.powerOn();
    }
    task.node.powerState = wanted === "power off" ? "power off" : "power on";
  }

  async #shutDown(task: Task, machine: Machine, timeoutMs: number): Promise<void> {
    const isOff = new Promise<boolean>((resolve) => {
      machine.pressPowerButton(() => {
        resolve(true);
      });
    });
    const isLate = task.pass(timeoutMs).then(() => false);
    if (await Promise.race([isOff, isLate])) return;
    throw new Error("Failed to set node power state to power off.");
  }
}

function unknownTarget({ powerState }: BareMetalNode, ident: string, target: string): Refusal {
  return new Refusal(
    400,
    `The requested action "${target}" can not be performed on node "${ident}" while it is in state "${powerState ?? "None"}".`,
  );
}
