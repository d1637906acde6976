const words = [
  "amber",
  "birch",
  "cedar",
  "delta",
  "ember",
  "fjord",
  "grove",
  "heron",
  "iris",
  "juniper",
  "krill",
  "larch",
  "maple",
  "nectar",
  "otter",
  "pearl",
  "quartz",
  "raven",
  "sable",
  "tundra",
];

/** Everything random in a world, from one seed: the same seed gives the same ids in the same order. */
export class Ids {
  #state: number;

  constructor(seed = 1) {
    this.#state = seed >>> 0;
  }

  /** A number in [0, 1): mulberry32, small and good enough for identifiers. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  /** A whole number in [0, limit). */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  /** `digits` lower-case hexadecimal digits. */
  hex(digits: number): string {
    return Array.from({ length: digits }, () => this.below(16).toString(16)).join("");
  }

  /** A random (version 4) UUID. */
  uuid(): string {
    const variant = "89ab".charAt(this.below(4));
    return `${this.hex(8)}-${this.hex(4)}-4${this.hex(3)}-${variant}${this.hex(3)}-${this.hex(12)}`;
  }

  /** A MAC address as Neutron generates them: its base_mac `fa:16:3e` and three random bytes. */
  mac(): string {
    return `fa:16:3e:${this.hex(2)}:${this.hex(2)}:${this.hex(2)}`;
  }

  /** Something a person can read and recognise, e.g. `otter-1f3a9c`. */
  word(): string {
    return `${words[this.below(words.length)] ?? "word"}-${this.hex(6)}`;
  }
}
