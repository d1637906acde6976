import fc from "fast-check";
import { orderNics } from "../../../snapset/discovery/nics";
import { port, serverOf } from "./lab";

/** A server's ports in the guest's order, each by the network that it is in. */
const guest = fc
  .array(fc.constantFrom("b", "a", "c"), { minLength: 1, maxLength: 6 })
  // Neither MACs nor addresses are in the order of the ports.
  .map((networks) => networks.map((name, i) => port(name, `192.168.9.${30 - i}`)));

/** What Nova shows of them: networks in the order of their first port. */
function shown(ports: ReturnType<typeof port>[]) {
  const addresses: Record<string, string[]> = {};
  for (const { network_id, mac_address } of ports) (addresses[network_id] ??= []).push(mac_address);
  return serverOf("a", addresses).server;
}

const names = new Map(["a", "b", "c"].map((name) => [name, name]));

describe("the order of a server's ports", () => {
  it("is the guest's, whenever it is said to be certain", () => {
    fc.assert(
      fc.property(guest, fc.infiniteStream(fc.nat()), (ports, random) => {
        const shuffled = ports
          .map((it) => ({ it, at: random.next().value as number }))
          .toSorted((x, y) => x.at - y.at)
          .map(({ it }) => it);
        const order = orderNics(shuffled, shown(ports), names);
        expect(order.ports.toSorted(byMac)).toEqual(ports.toSorted(byMac));
        if (order.isCertain) expect(order.ports).toEqual(ports);
      }),
    );
  });

  it("is certain exactly where no port could stand elsewhere", () => {
    const isCertain = (...networks: string[]) => {
      const ports = networks.map((name, i) => port(name, `192.168.9.${i + 10}`));
      return orderNics(ports, shown(ports), names).isCertain;
    };
    expect(isCertain("b", "a", "c")).toBe(true);
    expect(isCertain("b", "a", "a")).toBe(true);
    expect(isCertain("b", "b", "a")).toBe(false);
    expect(isCertain("b", "a", "b")).toBe(false);
  });

  it("is in doubt for ports without an address beside others of their network", () => {
    const [first, second] = [port("a", "192.168.9.10"), port("b", "192.168.9.11")];
    const server = serverOf("a", { b: [], a: [first.mac_address] }).server;
    expect(orderNics([first, second], server, names)).toEqual({
      ports: [second, first],
      isCertain: true,
    });
    const beside = serverOf("a", { a: [first.mac_address] }).server;
    const twin = port("a", "192.168.9.12");
    expect(orderNics([twin, first], beside, names)).toEqual({
      ports: [first, twin],
      isCertain: false,
    });
  });

  it("is in doubt for networks whose names are numbers: JavaScript sorts such keys", () => {
    const [first, second] = [port("a", "192.168.9.10"), port("b", "192.168.9.11")];
    const server = serverOf("a", { "20": [first.mac_address], "10": [second.mac_address] }).server;
    const numbered = new Map([
      ["a", "20"],
      ["b", "10"],
    ]);
    expect(orderNics([first, second], server, numbered).isCertain).toBe(false);
  });
});

function byMac(a: { mac_address: string }, b: { mac_address: string }): number {
  return a.mac_address < b.mac_address ? -1 : 1;
}
