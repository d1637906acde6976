import { InputError } from "../../../common/errors";
import { addressOfServer } from "../../../platforms/cluster/addressOfServer";
import type { Context } from "../../../platforms/context";

const fixed = { addr: "192.168.32.254", "OS-EXT-IPS:type": "fixed" };
const floating = { addr: "203.0.113.7", "OS-EXT-IPS:type": "floating" };

/** A cloud with one server, of these addresses. */
const having = (...addresses: object[]) =>
  ({
    cloud: {
      compute: {
        showServer: (id: string) =>
          Promise.resolve({ id, name: "controller", addresses: { machine: addresses } }),
      },
    },
  }) as unknown as Context;

describe("where the controller is reached", () => {
  it("is its floating address, which is reached from outside, else its fixed one", async () => {
    expect(await addressOfServer("c", having(fixed, floating))).toBe("203.0.113.7");
    expect(await addressOfServer("c", having(fixed))).toBe("192.168.32.254");
  });

  it("is nowhere without a controller, or without an address", async () => {
    await expect(addressOfServer(null, having(fixed))).rejects.toEqual(
      new InputError("snapset:cluster", [
        "bastion.host: is missing, and the environment has no controller that could be it",
      ]),
    );
    await expect(addressOfServer("c", having())).rejects.toEqual(
      new InputError("snapset:cluster", [
        "bastion.host: is missing, and controller controller (c) has no address",
      ]),
    );
  });
});
