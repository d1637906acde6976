/** What can happen to a node: in `from`, `event` leads to `to`. */
export interface Transition {
  readonly from: string;
  readonly event: string;
  readonly to: string;
  /** What is done on the way. */
  readonly meaning: string;
}

/** The states that the specification adds. */
export const snapshotStates = ["snapshotting", "snapshot wait", "snapshot failed"] as const;

/**
 * The transitions of the snapshot specification ("State Machine Impact"), in its order and words;
 * `deleted` is the API's verb, which Ironic's own machine calls `delete`.
 */
export const snapshotTransitions: readonly Transition[] = [
  transition("active", "snapshot", "snapshotting", "Prepare boot and network"),
  transition("snapshotting", "fail", "snapshot failed", "On error"),
  transition("snapshotting", "wait", "snapshot wait", "Wait for ramdisk alive"),
  transition("snapshot wait", "resume", "snapshotting", "Image streaming and uploading"),
  transition("snapshot wait", "fail", "snapshot failed", "On timeout"),
  transition("snapshot wait", "abort", "snapshot failed", "On abort request"),
  transition("snapshotting", "done", "active", "Snapshot complete"),
  transition("snapshot failed", "abort", "active", "Abort a failed snapshot"),
  transition("snapshot failed", "snapshot", "snapshotting", "Retrigger a failed snapshot"),
  transition("snapshot wait", "deleted", "deleting", "Abort snapshot and undeploy"),
  transition("snapshot failed", "deleted", "deleting", "Abort and undeploy"),
];

/** The transitions of Ironic itself (ironic/common/states.py) that the sandbox models. */
export const baseTransitions: readonly Transition[] = [
  transition("enroll", "manage", "verifying", "Verify the power credentials"),
  transition("verifying", "done", "manageable", "Verified"),
  transition("verifying", "fail", "enroll", "Credentials do not work"),
  transition("manageable", "provide", "cleaning", "Clean automatically"),
  transition("available", "manage", "manageable", "Take out of use"),
  transition("cleaning", "done", "available", "Clean"),
  transition("cleaning", "fail", "clean failed", "On error"),
  transition("clean failed", "manage", "manageable", "An operator looks after it"),
  transition("available", "deploy", "deploying", "Prepare boot and network"),
  transition("deploying", "wait", "wait call-back", "Wait for ramdisk alive"),
  transition("wait call-back", "resume", "deploying", "Write the image"),
  transition("deploying", "done", "active", "Deployed"),
  transition("deploying", "fail", "deploy failed", "On error"),
  transition("wait call-back", "fail", "deploy failed", "On timeout"),
  transition("deploy failed", "deploy", "deploying", "Deploy again"),
  transition("deploy failed", "rebuild", "deploying", "Deploy again"),
  transition("active", "rebuild", "deploying", "Deploy anew"),
  transition("active", "delete", "deleting", "Undeploy"),
  transition("wait call-back", "delete", "deleting", "Undeploy"),
  transition("deploy failed", "delete", "deleting", "Undeploy"),
  transition("error", "rebuild", "deploying", "Deploy anew"),
  transition("error", "delete", "deleting", "Undeploy"),
  transition("deleting", "fail", "error", "On error"),
  transition("deleting", "clean", "cleaning", "Clean automatically"),
];

/** States that stay until somebody asks for something. */
const stable = new Set(["enroll", "manageable", "available", "active", "error"]);

/** State on the way → the state that it is on the way to. */
const targets: Readonly<Record<string, string>> = {
  verifying: "manageable",
  cleaning: "available",
  "clean failed": "available",
  deploying: "active",
  "wait call-back": "active",
  "deploy failed": "active",
  deleting: "available",
  snapshotting: "active",
  "snapshot wait": "active",
  "snapshot failed": "active",
};

/** `target` of a request → the machine's event; Ironic's VERBS. */
const verbs: Readonly<Record<string, string>> = {
  active: "deploy",
  deploy: "deploy",
  deleted: "delete",
  undeploy: "delete",
};

/** States that a conductor cannot go on with when it comes back: Ironic's STUCK_STATES_TREATED_AS_FAIL. */
export const stuckStates = ["deploying", "cleaning", "verifying", "deleting", "snapshotting"];

/** States on the way in which a node may still be updated: Ironic's UPDATE_ALLOWED_STATES. */
export const updatableStates = [
  "deploy failed",
  "clean failed",
  "error",
  "verifying",
  "snapshot failed",
];

/** Ironic's state machine, with or without what the specification adds. */
export class StateMachine {
  readonly #next = new Map<string, string>();
  readonly states: ReadonlySet<string>;

  /** @throws {RangeError} when an event of a state is there twice */
  constructor(transitions: readonly Transition[]) {
    for (const { from, event, to } of transitions) {
      const key = keyOf(from, eventOf(event));
      if (this.#next.has(key)) {
        throw new RangeError(`The event "${event}" of the state "${from}" is there twice.`);
      }
      this.#next.set(key, to);
    }
    this.states = new Set(transitions.flatMap(({ from, to }) => [from, to]));
  }

  /** Where `event` leads; undefined where it is not possible. */
  next(state: string, event: string): string | undefined {
    return this.#next.get(keyOf(state, eventOf(event)));
  }

  /** The `target_provision_state` of a state; null for one that stays. */
  targetOf(state: string): string | null {
    return stable.has(state) ? null : (targets[state] ?? null);
  }
}

/** The machine of an Ironic. @param offersSnapshots whether it has what the specification adds */
export function stateMachine(offersSnapshots: boolean): StateMachine {
  return new StateMachine([...baseTransitions, ...(offersSnapshots ? snapshotTransitions : [])]);
}

/** The machine's event for a request's `target`. */
export const eventOf = (target: string): string => verbs[target] ?? target;

const keyOf = (state: string, event: string) => `${state}\n${event}`;

function transition(from: string, event: string, to: string, meaning: string): Transition {
  return { from, event, to, meaning };
}
