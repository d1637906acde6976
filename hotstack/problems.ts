import { InputError } from "../common/errors";

/** Where something stands in a file: line and column, from 1. */
export interface Place {
  file: string;
  line: number;
  column: number;
}

/** Something that is wrong at a place: found while reading, told with all the others. */
export class Fault extends Error {
  constructor(
    readonly place: Place,
    message: string,
  ) {
    super(message);
  }
}

/** All that is wrong with a scenario, so that it is told at once. */
export class Problems {
  readonly #found: { place: Place; text: string }[] = [];

  add(place: Place, text: string): void {
    const isKnown = this.#found.some(
      (it) => it.place.line === place.line && it.place.file === place.file && it.text === text,
    );
    if (!isKnown) this.#found.push({ place, text });
  }

  /** Does the work; a fault in it is noted, and `instead` is given back. */
  attempt<T>(work: () => T, instead: T): T {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      this.add(error.place, error.message);
      return instead;
    }
  }

  get isEmpty(): boolean {
    return this.count === 0;
  }

  get count(): number {
    return this.#found.length;
  }

  /** @throws {InputError} with everything that was found, in the order of the files' lines */
  throwIfAny(subject: string): void {
    if (this.isEmpty) return;
    const files = [...new Set(this.#found.map(({ place }) => place.file))];
    const sorted = this.#found.toSorted(
      (a, b) =>
        files.indexOf(a.place.file) - files.indexOf(b.place.file) ||
        a.place.line - b.place.line ||
        a.place.column - b.place.column,
    );
    throw new InputError(
      subject,
      sorted.map(({ place, text }) => `${place.file} line ${place.line}: ${text}`),
    );
  }
}
