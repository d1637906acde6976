import { hasCondition } from "./controller/conditions";
import type { Context } from "./controller/context";
import { claimOf, volumesOf } from "./controller/volumes";
import { uidOf } from "./controller/writes";
import { agentFile, type GuestMachine } from "./GuestMachine";
import type { Files } from "./disks";
import { claims, instances, virtualMachines } from "./resources";

/** The first disk of a machine, which it boots from. */
const rootVolume = "rootdisk";

/** The inside of a machine, for tests: through the guest while it runs, else on its disks. */
export class GuestAccess {
  constructor(
    private readonly context: Context,
    private readonly namespace: string,
    private readonly vm: string,
  ) {}

  files(volume = rootVolume): Files {
    return { ...(this.#guest()?.files(volume) ?? this.#disk(volume)) };
  }

  /** @throws when the guest is off */
  write(path: string, text: string, volume = rootVolume, isSynced = true): void {
    this.#running().write(volume, path, text, isSynced);
  }

  /** @throws when the guest is off */
  remove(path: string, volume = rootVolume): void {
    this.#running().remove(volume, path);
  }

  isRunning(): boolean {
    return this.#guest() !== undefined;
  }

  isFrozen(): boolean {
    return this.#guest()?.isFrozen ?? false;
  }

  /** Whether the API knows of an agent. */
  isAgentSeen(): boolean {
    const instance = this.context.find(instances, this.namespace, this.vm);
    return hasCondition(instance?.status?.conditions, "AgentConnected");
  }

  /** Starts an agent, which then starts at each boot; or ends the one that runs. */
  setAgent(isRunning: boolean): void {
    const guest = this.#running();
    guest.hasAgent = isRunning;
    if (isRunning && !(agentFile in guest.files(rootVolume))) {
      guest.write(rootVolume, agentFile, "", true);
    }
  }

  #running(): GuestMachine {
    const guest = this.#guest();
    if (!guest) throw new Error(`the guest ${this.vm} is off`);
    return guest;
  }

  #guest(): GuestMachine | undefined {
    const instance = this.context.find(instances, this.namespace, this.vm);
    return instance && this.context.guests.get(uidOf(instance));
  }

  #disk(name: string): Files {
    const vm = this.context.find(virtualMachines, this.namespace, this.vm);
    if (!vm) throw new Error(`there is no machine ${this.vm}`);
    const volume = volumesOf(vm).find((it) => it.name === name);
    const claimName = volume && claimOf(volume);
    const claim =
      claimName === undefined ? undefined : this.context.find(claims, this.namespace, claimName);
    return claim ? this.context.disks.volume(uidOf(claim)) : {};
  }
}
