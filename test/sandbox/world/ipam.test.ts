import fc from "fast-check";
import {
  defaultPools,
  eui64,
  formatAddress,
  formatCidr,
  isHostAddress,
  overlaps,
  parseAddress,
  parseCidr,
  pickAddress,
} from "../../../sandbox/world/ipam";
import { Ids } from "../../../sandbox/world/ids";

const address = fc.bigInt({ min: 0n, max: 2n ** 32n - 1n });
const cidr = fc
  .tuple(address, fc.integer({ min: 20, max: 30 }))
  .map(
    ([value, prefix]) =>
      parseCidr(`${formatAddress(value)}/${prefix}`) as NonNullable<ReturnType<typeof parseCidr>>,
  );

describe("IPAM", () => {
  it("reads what it writes", () => {
    fc.assert(
      fc.property(address, (value) => {
        expect(parseAddress(formatAddress(value))).toBe(value);
      }),
    );
    fc.assert(
      fc.property(cidr, (net) => {
        expect(parseCidr(formatCidr(net))).toEqual(net);
      }),
    );
  });

  it("reads and writes addresses of IPv6 in their canonical form", () => {
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        fc.pre(!text.includes("."));
        const value = parseAddress(text) ?? -1n;
        expect(parseAddress(formatAddress(value))).toBe(value);
      }),
    );
    expect(formatAddress(parseAddress("FD00:0:0:0:0:0:0:1") ?? 0n)).toBe("fd00::1");
  });

  it("gives a network of IPv6 pools without its first address and its gateway", () => {
    const net = parseCidr("fd00::/64") as NonNullable<ReturnType<typeof parseCidr>>;
    expect(defaultPools(net, "fd00::1")).toEqual([
      { start: "fd00::2", end: "fd00::ffff:ffff:ffff:ffff" },
    ]);
    expect(eui64(net, "fa:16:3e:00:00:05")).toBe("fd00::f816:3eff:fe00:5");
    expect(overlaps(net, parseCidr("0.0.0.0/0") as typeof net)).toBe(false);
  });

  it.each(["1.2.3", "1.2.3.256", "a.b.c.d", "1.2.3.4.5", ""])("refuses the address %j", (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });

  it("hands out every address of the pools once, never the gateway, then none", () => {
    fc.assert(
      fc.property(
        cidr.filter((net) => net.prefix >= 26),
        fc.integer(),
        (net, seed) => {
          const gateway = formatAddress(net.first + 1n);
          const pools = defaultPools(net, gateway);
          const ids = new Ids(seed);
          const taken = new Set<string>();
          const next = () =>
            pickAddress(
              pools,
              (a) => taken.has(a),
              (limit) => ids.below(limit),
            );
          for (let picked = next(); picked !== undefined; picked = next()) {
            expect(isHostAddress(net, parseAddress(picked) ?? -1n)).toBe(true);
            taken.add(picked);
          }
          expect(taken.size).toBe(2 ** (32 - net.prefix) - 3);
          expect(taken.has(gateway)).toBe(false);
        },
      ),
      { numRuns: 30 },
    );
  });

  it("says of two networks that they overlap just when one holds the other's first address", () => {
    fc.assert(
      fc.property(cidr, cidr, (a, b) => {
        const holds = (x: typeof a, y: typeof a) => y.first >= x.first && y.first <= x.last;
        expect(overlaps(a, b)).toBe(holds(a, b) || holds(b, a));
      }),
    );
  });
});
