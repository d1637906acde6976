import type { Guest } from "../world";

/** What a server is in its environment, to the model. */
export type GuestRole = "controller" | "master" | "worker";

/** Server metadata, then image properties, then the name say what a guest is. */
export function roleOf(guest: Guest): GuestRole | undefined {
  const metadata = guest.chassis.metadata();
  const properties = guest.chassis.imageProperties();
  const words = [metadata.role, metadata.snapset_role, properties.snapset_role, guest.name];
  for (const word of words) {
    const role = word === undefined ? undefined : roleInWord(word);
    if (role) return role;
  }
  return undefined;
}

function roleInWord(word: string): GuestRole | undefined {
  if (/controller/i.test(word)) return "controller";
  if (/master|sno/i.test(word)) return "master";
  if (/worker/i.test(word)) return "worker";
  return undefined;
}
