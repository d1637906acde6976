import { messageOf } from "../../../common/errors";
import { Refusal } from "../refusal";
import { AgentSnapshot } from "./AgentSnapshot";
import { armCallbackTimeout, timeoutMessage } from "./callbackTimeout";
import type { ConductorContext } from "./context";
import type { BareMetalNode } from "./records";
import { snapshotInterfaceOf, type SnapshotInterface } from "./snapshotInterfaces";
import type { Task } from "./Tasks";

/** The conductor's part of a snapshot: `do_node_snapshot`, and what follows it. */
export class Snapshotting {
  readonly #agent: SnapshotInterface;

  constructor(private readonly context: ConductorContext) {
    this.#agent = new AgentSnapshot(context);
  }

  /** @throws {Refusal} 400 in maintenance or when it is impossible, 409 while the node is reserved */
  request(node: BareMetalNode, imageRef: string): void {
    const task = this.context.tasks.acquire(node);
    try {
      if (node.fields.maintenance) throw inMaintenance(node);
      this.#interfaceOf(node).validate(node, imageRef);
    } catch (error) {
      task.release();
      throw error;
    }
    node.driverInternalInfo["snapshot_image_ref"] = imageRef;
    task.processEvent("snapshot", null);
    this.#spawn(task, async () => {
      const next = await this.#interfaceOf(node).snapshot(task);
      if (next === "active") await this.#complete(task);
      else this.#wait(task);
    });
  }

  /** The ramdisk has called while the node waited for it. */
  resume(node: BareMetalNode): void {
    const task = this.context.tasks.acquire(node);
    task.processEvent("resume");
    this.#spawn(task, async () => {
      await this.#interfaceOf(node).continueSnapshot(task);
      await this.#complete(task);
    });
  }

  /** Out of `snapshot wait` or `snapshot failed`. @throws {Refusal} 409 while the node is reserved */
  abort(node: BareMetalNode): void {
    const task = this.context.tasks.acquire(node);
    const isWaiting = node.provisionState === "snapshot wait";
    task.processEvent(
      "abort",
      isWaiting ? "By request, the snapshot operation was aborted." : null,
    );
    this.context.tasks.spawn(
      task,
      async () => {
        await this.cleanUp(task);
        if (!isWaiting) forget(node);
      },
      (error) => {
        const said = `Also failed to clean up due to: ${error.message}`;
        node.lastError = node.lastError === null ? said : `${node.lastError} ${said}`;
      },
    );
  }

  /** Takes back what was prepared for a snapshot, if anything was. */
  cleanUp(task: Task): Promise<void> {
    return this.#interfaceOf(task.node).cleanUp(task);
  }

  async #complete(task: Task): Promise<void> {
    await this.cleanUp(task);
    forget(task.node);
    task.processEvent("done", null);
  }

  #wait(task: Task): void {
    const { node } = task;
    task.processEvent("wait");
    armCallbackTimeout(this.context, node, () => {
      const late = this.context.tasks.acquire(node);
      this.context.tasks.spawn(
        late,
        () => this.#fail(late, timeoutMessage(node)),
        (error) => this.#fail(late, error.message),
      );
    });
  }

  #spawn(task: Task, work: () => Promise<void>): void {
    this.context.tasks.spawn(task, work, (error) =>
      this.#fail(task, `Failed to snapshot: ${error.message}`),
    );
  }

  async #fail(task: Task, reason: string): Promise<void> {
    let said = reason;
    try {
      await this.cleanUp(task);
    } catch (error) {
      if (task.signal.aborted) return;
      said = `${reason} Also failed to clean up due to: ${messageOf(error)}`;
    }
    task.processEvent("fail", said);
  }

  #interfaceOf(node: BareMetalNode): SnapshotInterface {
    return snapshotInterfaceOf(node, this.#agent);
  }
}

function forget({ driverInternalInfo }: BareMetalNode): void {
  delete driverInternalInfo["snapshot_image_ref"];
}

function inMaintenance({ uuid }: BareMetalNode): Refusal {
  return new Refusal(
    400,
    `The snapshotting operation can't be performed on node ${uuid} because it's in maintenance mode.`,
  );
}
