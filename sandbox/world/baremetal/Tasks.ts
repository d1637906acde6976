import type { Faults } from "../faults";
import { Refusal } from "../refusal";
import type { WorldClock } from "../worldClock";
import type { BareMetalNode } from "./records";
import { stuckStates, type StateMachine } from "./states";

/** The conductor's host, as it reserves nodes. */
export const conductorHost = "sandbox-conductor";

/** What tasks work with. */
export interface TaskContext {
  clock: WorldClock;
  faults: Faults;
  machine: () => StateMachine;
  nodes: () => readonly BareMetalNode[];
}

/** A node that is reserved for something. */
export class Task {
  readonly #cancel = new AbortController();

  constructor(
    readonly node: BareMetalNode,
    private readonly tasks: Tasks,
  ) {}

  /** Aborted when the conductor that works on it has gone. */
  get signal(): AbortSignal {
    return this.#cancel.signal;
  }

  cancel(): void {
    this.#cancel.abort(new Error("The conductor has been restarted."));
  }

  /** Moves the node on. @throws {Refusal} 400 where the event is not possible */
  processEvent(event: string, lastError?: string | null): void {
    this.tasks.processEvent(this.node, event, lastError);
  }

  /** Begins a step of the work. The conductor may be restarted here. */
  step(name: string): void {
    this.signal.throwIfAborted();
    this.tasks.meetRestart(name, this.node);
    this.signal.throwIfAborted();
  }

  /** Lets modelled time pass. */
  pass(ms: number): Promise<void> {
    return this.tasks.pass(ms, this.signal);
  }

  release(): void {
    this.tasks.release(this);
  }
}

/** The conductor's reservations, and what it does in the background. */
export class Tasks {
  readonly #held = new Map<string, Task>();
  readonly #running = new Set<Promise<void>>();
  #passing = 0;

  constructor(private readonly context: TaskContext) {}

  /** Reserves a node. @throws {Refusal} 409 while it is reserved */
  acquire(node: BareMetalNode): Task {
    if (node.reservation !== null) throw nodeLocked(node);
    const task = new Task(node, this);
    node.reservation = conductorHost;
    this.#held.set(node.uuid, task);
    return task;
  }

  release(task: Task): void {
    if (this.#held.get(task.node.uuid) !== task) return;
    this.#held.delete(task.node.uuid);
    task.node.reservation = null;
  }

  /**
   * Does something in the background and gives the node back then.
   *
   * @param onError what to do about a failure
   */
  spawn(
    task: Task,
    work: () => Promise<void>,
    onError: (error: Error) => Promise<void> | void,
  ): void {
    const running = work()
      .catch(async (error: unknown) => {
        // Nobody is there any more who could do something about it.
        if (!task.signal.aborted) await onError(error as Error);
      })
      .finally(() => {
        task.release();
        this.#running.delete(running);
      });
    this.#running.add(running);
  }

  /** Whether something is being done that takes real time: a conversion, a transfer. */
  get isBusy(): boolean {
    return this.#running.size > this.#passing;
  }

  /** Ends when nothing is done in the background any more. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  processEvent(node: BareMetalNode, event: string, lastError?: string | null): void {
    const machine = this.context.machine();
    const next = machine.next(node.provisionState, event);
    if (next === undefined) throw invalidState(node, event);
    const now = this.context.clock.now();
    node.provisionState = next;
    node.targetProvisionState = machine.targetOf(next);
    node.provisionUpdatedAt = now;
    node.updatedAt = now;
    if (lastError !== undefined) node.lastError = lastError;
  }

  pass(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      this.#passing += 1;
      const stop = () => {
        this.#passing -= 1;
        appointment.cancel();
        reject(signal.reason as Error);
      };
      const appointment = this.context.clock.after(ms, () => {
        this.#passing -= 1;
        signal.removeEventListener("abort", stop);
        resolve();
      });
      signal.addEventListener("abort", stop, { once: true });
    });
  }

  meetRestart(step: string, node: BareMetalNode): void {
    const names = [node.uuid, node.fields.name ?? ""];
    if (this.context.faults.hasEffect("conductorRestarts", step, names)) this.restart();
  }

  /**
   * The conductor dies and comes back: it gives up its reservations, and nodes in states that it
   * cannot go on with fail (ironic/conductor/base_manager.py). Who waits for a ramdisk goes on waiting.
   */
  restart(): void {
    for (const task of [...this.#held.values()]) {
      task.cancel();
      this.release(task);
      task.node.targetPowerState = null;
    }
    for (const node of this.context.nodes()) {
      const state = node.provisionState;
      if (!stuckStates.includes(state)) continue;
      const said = `The ${state} state can't be resumed by conductor ${conductorHost}. Moving to fail state.`;
      this.processEvent(node, "fail", said);
    }
  }

  /** Ends all that is done, for good. */
  stop(): void {
    for (const task of this.#held.values()) task.cancel();
  }
}

/** What Ironic says of a node that somebody works on. */
export function nodeLocked({ uuid, reservation }: BareMetalNode): Refusal {
  return new Refusal(
    409,
    `Node ${uuid} is locked by host ${reservation ?? ""}, please retry after the current operation is completed.`,
  );
}

/** What Ironic says of an action that a state does not allow. */
export function invalidState({ uuid, provisionState }: BareMetalNode, action: string): Refusal {
  return new Refusal(
    400,
    `The requested action "${action}" can not be performed on node "${uuid}" while it is in state "${provisionState}".`,
  );
}
