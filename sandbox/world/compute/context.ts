import type { Faults } from "../faults";
import type { Guests } from "../guests";
import type { Ids } from "../ids";
import type { Images } from "../images";
import type { Networking } from "../network/networking";
import type { Volumes } from "../blockStorage/volumes";
import type { Settings } from "../settings";
import type { WorldClock } from "../worldClock";

/** The parts of the world that servers are made of. */
export interface ComputeContext {
  readonly clock: WorldClock;
  readonly ids: Ids;
  readonly faults: Faults;
  readonly guests: Guests;
  readonly images: Images;
  readonly networking: Networking;
  readonly volumes: Volumes;
  /** Names of the compute hosts. */
  readonly hosts: readonly string[];
  readonly settings: Readonly<Settings>;
  /** What is drawn by name hangs on it. */
  readonly seed: number;
  /** `instances`, `cores`, `ram` → limit; -1 or absent is none. */
  readonly quotas: Readonly<Record<string, number>>;
}
