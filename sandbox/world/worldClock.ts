import type { Clock } from "../../common/clock";
import { Appointments, type Due } from "./appointments";

/** Where the world's time comes from: the machine, or a test's hand. */
export interface TimeSource {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls back once after `ms`; returns what cancels it. */
  setTimer(ms: number, callback: () => void): () => void;
}

/** The machine's time: modelled things happen by themselves. */
export const realTime: TimeSource = {
  now: () => Date.now(),
  setTimer: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    return () => {
      clearTimeout(timer);
    };
  },
};

/** A time that stands still: only {@link WorldClock.advance} moves the world. */
export function manualTime(start = new Date("2026-01-05T08:00:00Z")): TimeSource {
  return { now: () => start.getTime(), setTimer: () => () => undefined };
}

/** Something that will happen, and a way to call it off. */
export interface Appointment {
  readonly due: number;
  cancel(): void;
}

interface Entry extends Appointment, Due {
  readonly action: () => void;
}

// setTimeout overflows at 2^31 ms: an appointment in 30 days would fire at once.
const longestTimerMs = 2 ** 31 - 1;

/**
 * The world's time: a source plus an offset, and a queue of what is due when.
 * Modelled durations (a boot, an upload) are divided by `timeScale`; dates (an expiry) are not.
 */
export class WorldClock implements Clock {
  #offsetMs: number;
  readonly #entries = new Appointments<Entry>();
  #order = 0;
  #firingAt: number | undefined;
  #cancelTimer: () => void = () => undefined;

  constructor(
    private readonly source: TimeSource,
    /** How many modelled seconds pass in one second. */
    readonly timeScale = 1,
    offsetMs = 0,
  ) {
    this.#offsetMs = offsetMs;
  }

  now(): Date {
    return new Date(this.nowMs());
  }

  /** Milliseconds since the epoch, in the world. */
  nowMs(): number {
    return this.#firingAt ?? this.source.now() + this.#offsetMs;
  }

  /** Does `action` when the modelled duration has passed. */
  after(modelledMs: number, action: () => void): Appointment {
    return this.#add(this.nowMs() + modelledMs / this.timeScale, action);
  }

  /** Does `action` at a date of the world, however fast modelled things go. */
  at(date: Date, action: () => void): Appointment {
    return this.#add(date.getTime(), action);
  }

  /** Waits in the world's unscaled time. */
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const appointment = this.#add(this.nowMs() + ms, () => {
        resolve();
      });
      signal?.addEventListener("abort", () => {
        appointment.cancel();
        reject(signal.reason as Error);
      });
    });
  }

  /** Moves the world forward; everything that falls due on the way happens in order, at its own time. */
  advance(ms: number): void {
    const target = this.nowMs() + ms;
    this.#fireUntil(target);
    this.#offsetMs = target - this.source.now();
    this.#arm();
  }

  /** Forgets everything that was to come, and every timer. */
  stop(): void {
    this.#cancelTimer();
    this.#entries.clear();
  }

  #add(due: number, action: () => void): Appointment {
    const entry: Entry = {
      due,
      action,
      order: this.#order++,
      isCancelled: false,
      cancel: () => {
        entry.isCancelled = true;
      },
    };
    this.#entries.add(entry);
    // A timer is set already for whatever comes sooner.
    if (this.#firingAt === undefined && this.#entries.peek() === entry) this.#arm();
    return entry;
  }

  #fireUntil(target: number): void {
    for (;;) {
      const next = this.#entries.peek();
      if (next === undefined || next.due > target) break;
      this.#entries.take();
      this.#firingAt = Math.max(next.due, this.#firingAt ?? 0);
      next.action();
    }
    this.#firingAt = undefined;
  }

  #arm(): void {
    this.#cancelTimer();
    const next = this.#entries.peek();
    if (next === undefined) return;
    const wait = Math.min(Math.max(0, next.due - this.nowMs()), longestTimerMs);
    this.#cancelTimer = this.source.setTimer(wait, () => {
      this.#fireUntil(this.nowMs());
      this.#arm();
    });
  }
}
