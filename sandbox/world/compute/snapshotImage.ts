import type { Caller } from "../identity";
import { Refusal } from "../refusal";
import type { Server } from "./records";

/** Nova cuts inherited properties to what its own database holds. */
const maxInheritedLength = 255;

/** What a snapshot of any server under libvirt gets from Nova, whatever the base image says. */
const libvirtDefaults = {
  hw_machine_type: "pc",
  hw_cdrom_bus: "ide",
  hw_input_bus: "usb",
  hw_pointer_model: "usbtablet",
  hw_video_model: "virtio",
};

/** The base image's properties, and who made an image of what. */
export function inheritedProperties(server: Server, who: Caller): Record<string, string> {
  const inherited = Object.entries(server.imageProperties).map(([key, value]): [string, string] => [
    key,
    value.slice(0, maxInheritedLength),
  ]);
  return {
    ...Object.fromEntries(inherited),
    base_image_ref: server.imageId,
    owner_user_name: who.userName,
    owner_project_name: who.projectName,
    boot_roles: who.roles.join(","),
    ...libvirtDefaults,
  };
}

/** What Nova makes of an exception that it did not expect. */
export const unexpected = (type: string): Refusal =>
  new Refusal(
    500,
    `Unexpected API Error. Please report this at http://bugs.launchpad.net/nova/ and attach the Nova API log if possible.\n<class '${type}'>`,
  );
