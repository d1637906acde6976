import type { Table } from "./table";

/** How a bench is run. */
export interface BenchOptions {
  /** The checkout. */
  root: string;
  /** How often each thing is measured. */
  runs: number;
  /** A line about what is going on. */
  say: (line: string) => void;
  /** Aborts when the user interrupts; what was made is removed then, too. */
  signal: AbortSignal;
}

/** One group of measurements that can be asked for by name. */
export interface Bench {
  name: string;
  description: string;
  run(options: BenchOptions): Promise<Table[]>;
}
