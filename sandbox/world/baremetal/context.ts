import type { Faults } from "../faults";
import type { Ids } from "../ids";
import type { Images } from "../images";
import type { WorldClock } from "../worldClock";
import type { Machine } from "./Machine";
import type { BareMetalNode, BareMetalPort } from "./records";
import type { WebDavStore } from "./store/WebDavStore";
import type { Tasks } from "./Tasks";

/** What a conductor works with. */
export interface ConductorContext {
  clock: WorldClock;
  ids: Ids;
  faults: Faults;
  images: Images;
  tasks: Tasks;
  /** Modelled milliseconds until a wait for a ramdisk is over. */
  callbackTimeoutMs: () => number;
  /** The hardware; undefined of a node that was only declared (fake-hardware). */
  machineOf: (node: BareMetalNode) => Machine | undefined;
  portsOf: (node: BareMetalNode) => readonly BareMetalPort[];
  store: () => Promise<WebDavStore>;
}

/** Names of a node, for faults. */
export const namesOf = ({ uuid, fields }: BareMetalNode): string[] => [uuid, fields.name ?? ""];

/** Turns a machine off and on, so that it boots from what it is to boot from now. */
export function reboot(node: BareMetalNode, machine: Machine): void {
  machine.powerOff();
  machine.powerOn();
  node.powerState = "power on";
}
