import fc from "fast-check";
import { messageOf } from "../../../common/errors";
import { parseEnvironment } from "../../../snapset/environment/parse";
import { lookupsOf } from "../../../snapset/placement/lookups";
import { mapEnvironment } from "../../../snapset/placement/mapEnvironment";
import { asItIs, type NameMap } from "../../../snapset/placement/placement";
import { placementWarnings } from "../../../snapset/placement/placementWarnings";
import { labEnvironment, macs, renaming } from "./lab";

const { externalNetworks, existingNetworks, ...others } = lookupsOf(labEnvironment);
const used = { ...others, networks: [...externalNetworks, ...existingNetworks] };
const mappable = Object.keys(asItIs.map) as (keyof NameMap)[];

/** New names for some of what the environment finds in the cloud. */
const arbitraryMap: fc.Arbitrary<NameMap> = fc.record(
  Object.fromEntries(
    mappable.map((kind) => [
      kind,
      fc.dictionary(
        fc.constantFrom(...used[kind].map(({ name }) => name)),
        fc.stringMatching(/^new-[a-z]{1,8}$/),
      ),
    ]),
  ) as Record<keyof NameMap, fc.Arbitrary<Record<string, string>>>,
);

const refusalOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return messageOf(error);
  }
  return "it was placed";
};

describe("mapEnvironment", () => {
  it("changes nothing of an environment that stays as it is", () => {
    expect(mapEnvironment(labEnvironment, asItIs)).toEqual(labEnvironment);
  });

  it("renames everywhere what is found in the cloud, and nothing else", () => {
    fc.assert(
      fc.property(arbitraryMap, (map) => {
        fc.pre(map.networks["public"] !== map.networks["provider"]);
        const placed = mapEnvironment(labEnvironment, { ...asItIs, map });
        const back = renaming(
          Object.fromEntries(
            mappable.map((kind) => [
              kind,
              Object.fromEntries(Object.entries(map[kind]).map(([old, name]) => [name, old])),
            ]),
          ),
        );
        // Where two names became one, the way back is lost.
        fc.pre(
          mappable.every((k) => Object.keys(back.map[k]).length === Object.keys(map[k]).length),
        );
        expect(mapEnvironment(placed, back)).toEqual(labEnvironment);
        for (const kind of mappable) {
          for (const old of Object.keys(map[kind])) {
            expect(JSON.stringify(placed)).not.toContain(`"${old}"`);
          }
        }
      }),
    );
  });

  it("is an environment still, whatever is cleared", () => {
    const placement = fc.record({
      mac: fc.constantFrom("preserve" as const, "clear" as const),
      ip: fc.constantFrom("preserve" as const, "pool" as const),
      floatingIp: fc.constantFrom("same" as const, "any" as const, "none" as const),
    });
    fc.assert(
      fc.property(placement, (changes) => {
        const placed = mapEnvironment(labEnvironment, { ...asItIs, ...changes });
        expect(parseEnvironment(placed, "placed")).toEqual(placed);
        const text = JSON.stringify(placed);
        expect(text.includes(macs.master)).toBe(changes.mac === "preserve");
        expect(text.includes("10.5.0.7")).toBe(changes.ip === "preserve");
        expect(text.includes("172.24.4.50")).toBe(changes.floatingIp === "same");
        expect(text.includes("floatingIp")).toBe(changes.floatingIp !== "none");
      }),
    );
  });

  it("clears the ports' own MACs from address pairs, and keeps virtual ones", () => {
    const placed = mapEnvironment(labEnvironment, { ...asItIs, mac: "clear" });
    expect(placed.nodes[0]?.ports[0]?.allowedAddressPairs).toEqual([
      { ip: "192.168.32.9" },
      { ip: "192.168.32.5", mac: "00:00:5e:00:01:01" },
    ]);
  });

  it("keeps the subnets of ports whose addresses the cloud gives", () => {
    const placed = mapEnvironment(labEnvironment, { ...asItIs, ip: "pool" });
    expect(placed.nodes.map(({ ports }) => ports[0]?.fixedIps)).toEqual([
      [{ subnet: "machine-subnet" }],
      [{ subnet: "theirs" }],
    ]);
  });

  it("names each entry that renames nothing, with what was probably meant", () => {
    const placement = renaming({
      networks: { publik: "x", machine: "y" },
      flavors: { giant: "z" },
      securityGroups: { own: "mine" },
      images: { rhel: "rhel-10" },
    });
    expect(refusalOf(() => mapEnvironment(labEnvironment, placement))).toBe(
      [
        "snapset:map: 4 problems",
        "  - networks.publik: the environment names no publik; the nearest is public",
        "  - networks.machine: the environment makes machine itself; only what it finds in the cloud has another name there",
        "  - flavors.giant: the environment names no giant; it names small, large",
        "  - securityGroups.own: the environment makes own itself; only what it finds in the cloud has another name there",
      ].join("\n"),
    );
  });

  it("renames an external network, not the environment's own of the same name", () => {
    const text = JSON.stringify(labEnvironment).replaceAll('"machine"', '"public"');
    const twins = parseEnvironment(JSON.parse(text), "twins");
    const placed = mapEnvironment(twins, renaming({ networks: { public: "external" } }));
    expect(placed.networks.map(({ name }) => name)).toEqual(["public", "provider"]);
    expect(placed.nodes[0]?.ports[0]).toMatchObject({
      network: "public",
      floatingIp: { network: "external" },
    });
    expect(placed.routers[0]?.externalNetwork).toBe("external");
  });

  it("refuses a new name that is another network's", () => {
    const placement = renaming({ networks: { provider: "machine" } });
    expect(refusalOf(() => mapEnvironment(labEnvironment, placement))).toContain(
      "networks[1].name: machine stands at networks[0].name already",
    );
  });
});

describe("placementWarnings", () => {
  it("is silent about what stays as it is, and about MACs where no cluster is", () => {
    expect(placementWarnings(labEnvironment, asItIs, true)).toEqual([]);
    expect(placementWarnings(labEnvironment, { ...asItIs, mac: "clear" }, false)).toEqual([]);
  });

  it("tells of address pairs that are of no use any more, and of the cluster", () => {
    const all = { ...asItIs, mac: "clear", ip: "pool" } as const;
    expect(placementWarnings(labEnvironment, all, true)).toEqual([
      "snapset:ip pool: port front is allowed to use 192.168.32.5, which no port has any more",
      expect.stringMatching(/^snapset:ip pool: etcd's members/) as string,
      expect.stringMatching(/^snapset:mac clear: whatever knows the nodes by their MACs/) as string,
    ]);
  });
});
