import { InputError } from "../../common/errors";
import { addressesOf } from "../nova/addresses";
import type { Context } from "../context";

/**
 * Where the controller is reached: at its floating address, or its first fixed one.
 *
 * @param id null when there is no controller
 * @throws {InputError} when there is none, or it has no address
 */
export async function addressOfServer(id: string | null, { cloud }: Context): Promise<string> {
  if (id === null) {
    throw new InputError("snapset:cluster", [
      "bastion.host: is missing, and the environment has no controller that could be it",
    ]);
  }
  const server = await cloud.compute.showServer(id);
  const all = addressesOf(server);
  const floating = all.find((it) => it["OS-EXT-IPS:type"] === "floating");
  const address = (floating ?? all[0])?.addr;
  if (address !== undefined) return address;
  throw new InputError("snapset:cluster", [
    `bastion.host: is missing, and controller ${server.name} (${id}) has no address`,
  ]);
}
