/** What can go wrong in a cluster while its API answers as usual. */
export const effects = [
  /** A volume's snapshot ends in an error. Named after a claim. */
  "volumeSnapshotFails",
  /** A volume's snapshot is never cut. Named after a claim. */
  "volumeSnapshotHangs",
  /** A volume's snapshot is cut and never ready to use. Named after a claim. */
  "volumeSnapshotNeverReady",
  /** The agent answers a freeze with an error. Named after a machine. */
  "freezeFails",
  /** The guest thaws before it is told to, as Windows does after ten seconds. Named after a machine. */
  "freezeTimesOut",
  /** The agent ends as soon as it has frozen the guest. Named after a machine. */
  "agentDiesFrozen",
  /** The volume of a restore cannot be made. Named after a restore. */
  "restoreFails",
  /** The guest never answers the power button. Named after a machine. */
  "neverStops",
  /** The guest powers itself off: its instance stays, and has succeeded. Named after a machine. */
  "guestPowersOff",
  /** No controller runs: objects are taken and stay without a status. */
  "controllerDown",
] as const;

/** One of {@link effects}. */
export type Effect = (typeof effects)[number];

/** A made-up answer of the API in place of its own. */
export interface FaultyAnswer {
  status: number;
  reason?: string;
  message?: string;
  /** Seconds, as a header of the answer. */
  retryAfter?: number;
  /** Do what was asked, then give this answer: the caller cannot know that it worked. */
  afterwards?: boolean;
}

/** Something that goes wrong until it is ended. */
export type Fault =
  | {
      effect: Effect;
      /** Of the thing that it is about. @default everything */
      name?: string;
    }
  | {
      answer: FaultyAnswer;
      /** @default any */
      method?: string;
      /** Plural, and the subresource after a slash. */
      resource: string;
      name?: string;
      /** @default without end */
      times?: number;
    }
  | {
      /** Plural of what is created: the connection to the webhook that reviews it breaks. */
      webhook: string;
      times: number;
    };

/** What goes wrong now. */
export class Faults {
  #armed: { fault: Fault; struck: number }[] = [];

  /** @returns what ends it */
  add(fault: Fault): () => void {
    const armed = { fault, struck: 0 };
    this.#armed.push(armed);
    return () => {
      this.#armed = this.#armed.filter((other) => other !== armed);
    };
  }

  has(effect: Effect, name: string): boolean {
    return this.#armed.some(
      ({ fault }) =>
        "effect" in fault &&
        fault.effect === effect &&
        (fault.name === undefined || fault.name === name),
    );
  }

  /** Whether the connection to the webhook that reviews this one breaks. Counts it. */
  cutsWebhook(plural: string): boolean {
    const armed = this.#armed.find(
      ({ fault, struck }) => "webhook" in fault && fault.webhook === plural && struck < fault.times,
    );
    if (armed) armed.struck += 1;
    return armed !== undefined;
  }

  /** The made-up answer that a request gets, if any. Counts it. */
  answerTo(method: string, resource: string, name: string): FaultyAnswer | undefined {
    for (const armed of this.#armed) {
      const { fault } = armed;
      if (!("answer" in fault) || armed.struck >= (fault.times ?? Infinity)) continue;
      const isIt =
        fault.resource === resource &&
        (fault.method === undefined || fault.method === method) &&
        (fault.name === undefined || fault.name === name);
      if (!isIt) continue;
      armed.struck += 1;
      return fault.answer;
    }
    return undefined;
  }
}
