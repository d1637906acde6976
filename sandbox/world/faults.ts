/** The services that a fault can be about. */
export type Service =
  "identity" | "compute" | "image" | "network" | "block-storage" | "baremetal" | "openshift";

/** When a fault strikes. */
export interface FaultMatch {
  /** @default any service */
  service?: Service;
  /** The API action, e.g. `createImage`, `os-stop`, `createPort`, `listImages`; `*` is any. */
  action: string;
  /** The name or id of the server, image, port … that it is about. @default any */
  name?: string;
  /** Strike at the nth match only, counted from 1. @default at every match */
  nth?: number;
  /** How many matches in a row to strike at. @default 1 with `nth`, else without end */
  times?: number;
}

/** A made-up answer in place of the service's own. */
export interface FaultyAnswer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
  /** Do what was asked, then give this answer: the caller cannot know that it worked. */
  afterwards?: boolean;
}

/** What can go wrong inside the world while the API answers as usual. */
export const effects = [
  /** At `os-stop`: the guest never answers the power button. */
  "ignoresAcpi",
  /** At `createImage`: the upload fails and Nova deletes the image. */
  "imageVanishes",
  /** At `createImage`: the image stays queued, as after a restart of nova-compute. */
  "imageStuckQueued",
  /** At `createImage`: the image stays saving and the task never ends. */
  "imageStuckSaving",
  /** At `createImage` or `snapshot`: the upload fails half-way: the image is queued again, the task is over. */
  "imageUploadFails",
  /** At `createImage`: the image is active while Nova's task goes on for `ms` more. */
  "imageActiveEarly",
  /** At `createImage`: the guest's agent does not answer. */
  "agentSilent",
  /** At `createSnapshot`: the volume's snapshot ends in `error`. */
  "snapshotFails",
  /** At `deleteSnapshot`: it ends in `error_deleting` and stays. */
  "snapshotDeleteFails",
  /** At `rebuild`: the new root disk cannot be made; the server goes to ERROR. */
  "rebuildFails",
  /** At `detachVolume`: it is never done; the volume stays `detaching`. */
  "detachHangs",
  /** At `createServer`: no valid host; the server goes to ERROR. */
  "bootFails",
  /** At `snapshot` or `deploy` of a bare-metal node: its ramdisk never calls. */
  "ramdiskSilent",
  /** At `snapshot`: qemu-img cannot read the disk. */
  "convertFails",
  /** At `snapshot`: the intermediate storage has no room. */
  "storeFull",
  /** At `snapshot`: the connection to the intermediate storage ends in mid-stream. */
  "connectionCut",
  /** At `snapshot`: somebody changes the data on its way to the intermediate storage. */
  "streamTampered",
  /** At `snapshot`: somebody changes the image while it is in the intermediate storage. */
  "storeTampered",
  /**
   * At a step of a conductor's work, before it is begun: the conductor is restarted. Steps are
   * `snapshot.prepare`, `snapshot.netboot`, `snapshot.stream_image`, `snapshot.upload`,
   * `snapshot.remove_intermediate`, `snapshot.clean_up`, `deploy.netboot` and `deploy.write_image`.
   */
  "conductorRestarts",
] as const;

/** One of {@link effects}. */
export type Effect = (typeof effects)[number];

/** What a fault does. */
export type FaultAction =
  | FaultyAnswer
  /**
   * The connection is closed without an answer; with `afterwards` only once the work is done, with
   * `midBody` after the headers and half of the body of its answer.
   */
  | { reset: true; afterwards?: boolean; midBody?: boolean }
  /** The answer comes this much later, in real time. */
  | { delayMs: number }
  | EffectAction;

/** Something that goes wrong inside the world. */
export interface EffectAction {
  effect: Effect;
  /** Of an effect that lasts, in modelled milliseconds. */
  ms?: number;
}

/** A fault as a script writes it down. */
export interface Fault {
  match: FaultMatch;
  then: FaultAction;
}

interface ArmedFault extends Fault {
  seen: number;
  struck: number;
}

/** The script of what goes wrong, and how far it has got. */
export class Faults {
  #armed: ArmedFault[] = [];

  /** Arms a fault; returns what disarms it. */
  add(fault: Fault): () => void {
    const armed = { ...fault, seen: 0, struck: 0 };
    this.#armed.push(armed);
    return () => {
      this.#armed = this.#armed.filter((other) => other !== armed);
    };
  }

  clear(): void {
    this.#armed = [];
  }

  /** Every armed fault with how often it was met and how often it struck. */
  list(): readonly Readonly<ArmedFault>[] {
    return this.#armed;
  }

  /** What strikes a request. Counts it. @param names of the thing that the request is about */
  strike(service: Service, action: string, names: readonly string[]): FaultAction[] {
    return this.#strike(service, action, names, (fault) => !("effect" in fault.then));
  }

  /** Whether `effect` strikes now. Counts the occasion. */
  hasEffect(effect: Effect, action: string, names: readonly string[]): boolean {
    return this.effect(effect, action, names) !== undefined;
  }

  /** `effect` as it strikes now, if it does. Counts the occasion. */
  effect(effect: Effect, action: string, names: readonly string[]): EffectAction | undefined {
    const isIt = (fault: Fault) => "effect" in fault.then && fault.then.effect === effect;
    return this.#strike(undefined, action, names, isIt).find((action) => "effect" in action);
  }

  #strike(
    service: Service | undefined,
    action: string,
    names: readonly string[],
    isEligible: (fault: Fault) => boolean,
  ): FaultAction[] {
    const struck = this.#armed.filter((fault) => {
      if (!isEligible(fault) || !isAbout(fault.match, service, action, names)) return false;
      fault.seen += 1;
      if (!isDue(fault)) return false;
      fault.struck += 1;
      return true;
    });
    return struck.map((fault) => fault.then);
  }
}

function isAbout(
  match: FaultMatch,
  service: Service | undefined,
  action: string,
  names: readonly string[],
): boolean {
  return (
    // An effect is of one service anyway: the one whose action it strikes at.
    (match.service === undefined || service === undefined || match.service === service) &&
    (match.action === "*" || match.action === action) &&
    (match.name === undefined || names.includes(match.name))
  );
}

function isDue({ match, seen }: ArmedFault): boolean {
  const first = match.nth ?? 1;
  const times = match.times ?? (match.nth === undefined ? Infinity : 1);
  return seen >= first && seen < first + times;
}
