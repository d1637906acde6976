import fc from "fast-check";
import {
  defaultPools,
  formatAddress,
  formatCidr,
  isHostAddress,
  overlaps,
  parseAddress,
  parseCidr,
  pickAddress,
} from "../../../sandbox/world/ipam";
import { Ids } from "../../../sandbox/world/ids";

const address = fc.integer({ min: 0, max: 2 ** 32 - 1 });
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

  it.each(["1.2.3", "1.2.3.256", "a.b.c.d", "1.2.3.4.5", ""])("refuses the address %j", (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });

  it("hands out every address of the pools once, never the gateway, then none", () => {
    fc.assert(
      fc.property(
        cidr.filter((net) => net.prefix >= 26),
        fc.integer(),
        (net, seed) => {
          const gateway = formatAddress(net.first + 1);
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
            expect(isHostAddress(net, parseAddress(picked) ?? -1)).toBe(true);
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
