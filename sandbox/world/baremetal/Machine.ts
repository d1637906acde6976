import { emptyDisk, type Chassis, type Guest } from "../guest";
import type { Guests } from "../guests";
import type { DiskFile } from "./DiskFile";
import type { Ramdisk } from "./Ramdisk";

/** What a machine boots from: its disks, or the network's ramdisk. */
export type BootDevice = "disk" | "pxe";

/** The hardware of a node: power, disks, network cards and what runs on it. */
export class Machine {
  bootDevice: BootDevice = "disk";
  isOn = false;
  /** The ramdisk that runs on it instead of its guest. */
  ramdisk: Ramdisk | undefined;

  constructor(
    private readonly chassis: Chassis,
    readonly macs: readonly string[],
    readonly disks: readonly DiskFile[],
    private readonly guests: Guests,
    private readonly netboot: (machine: Machine) => Ramdisk,
  ) {}

  /** The system on its disks, once there was one. */
  get guest(): Guest | undefined {
    return this.guests.get(this.chassis.serverId);
  }

  powerOn(): void {
    if (this.isOn) return;
    this.isOn = true;
    if (this.bootDevice === "pxe") {
      this.ramdisk = this.netboot(this);
      this.ramdisk.start();
      return;
    }
    const content = this.#bootDisk?.read();
    if (content === undefined) return;
    const guest = this.guest ?? this.guests.create(this.chassis, emptyDisk());
    guest.disk.content = content;
    this.guests.powerOn(guest);
  }

  /** Pulls the plug. */
  powerOff(): void {
    if (!this.isOn) return;
    this.isOn = false;
    this.ramdisk?.stop();
    this.ramdisk = undefined;
    const { guest } = this;
    if (guest === undefined) return;
    this.guests.pullPlug(guest);
    this.#keep(guest);
  }

  /** Presses the power button. @returns whether the guest reacts; @param then called when it is off */
  pressPowerButton(then: () => void): boolean {
    const { guest } = this;
    if (guest === undefined || this.ramdisk !== undefined) return false;
    return this.guests.pressPowerButton(guest, () => {
      this.powerOff();
      then();
    });
  }

  /** What was on the disks is gone, and who ran on them. */
  wipe(): void {
    const { guest } = this;
    if (guest !== undefined) this.guests.remove(guest);
    for (const disk of this.disks) disk.wipe();
  }

  // Whoever models what runs on the guest (a cluster) writes to the disk first.
  #keep(guest: Guest): void {
    this.guests.settle(guest);
    this.#bootDisk?.write(guest.disk.content);
  }

  get #bootDisk(): DiskFile | undefined {
    return this.disks.find((disk) => disk.read() !== undefined);
  }
}
