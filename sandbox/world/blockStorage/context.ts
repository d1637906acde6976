import type { Faults } from "../faults";
import type { Ids } from "../ids";
import type { Images } from "../images";
import type { WorldClock } from "../worldClock";
import type { Volume } from "./records";

/** The parts of the world that volumes are made of. */
export interface StorageContext {
  readonly clock: WorldClock;
  readonly ids: Ids;
  readonly faults: Faults;
  readonly images: Images;
  /** `volumes`, `snapshots`, `gigabytes`, and those of a type: `snapshots_nfs`; -1 or absent is none. */
  readonly quotas: Readonly<Record<string, number>>;
  /** Has whoever boots from the volume write down what it knows, before the volume is copied. */
  readonly settle: (volume: Volume) => void;
  /** Whether Nova has a task for the server that the volume is on. */
  readonly isServerBusy: (volume: Volume) => boolean;
}
