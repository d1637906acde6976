import { needsOf, needsPlaces, newNeeds } from "../../../snapset/placement/needs";
import { keepPlaces } from "../../../snapset/placement/places";
import { labEnvironment } from "./lab";

const needs = needsOf(labEnvironment, "deploy");
const [first] = needs.existingNetworks;
if (first === undefined) throw new Error("the lab has a network of somebody else's");

describe("newNeeds", () => {
  it("has nothing left of what was needed before", () => {
    const lists = Object.values(newNeeds(needs, needs)).filter((it) => Array.isArray(it));
    expect(lists.length).toBeGreaterThan(5);
    expect(lists.flat()).toEqual([]);
    expect(needsPlaces(needs, needs)).toBe(false);
  });

  it("has what was added, of a network only the new addresses", () => {
    const added = { name: "more", mac: "fa:16:9e:00:00:03", ips: ["10.5.0.8"] };
    const more = { ...needs, existingNetworks: [{ ...first, ports: [...first.ports, added] }] };
    expect(newNeeds(more, needs).existingNetworks).toEqual([
      { ...first, cidrs: [], ports: [added] },
    ]);
    expect(needsPlaces(more, needs)).toBe(true);
  });

  it("has names that need no place, without asking for a new choice", () => {
    const more = { ...needs, keyPairs: [...needs.keyPairs, { name: "you", by: ["node x"] }] };
    expect(newNeeds(more, needs).keyPairs).toEqual([{ name: "you", by: ["node x"] }]);
    expect(needsPlaces(more, needs)).toBe(false);
  });
});

it("needs no base images for a restore", () => {
  expect(needs.images.map(({ name }) => name)).toEqual(["rhel", "rhcos", "seed"]);
  expect(needsOf(labEnvironment, "restore").images).toEqual([]);
});

it("keeps what was found before, and adds what is new", () => {
  const network = (id: string, subnets = {}) => ({ id, mtu: null, subnets });
  const before = {
    images: { rhel: "1" },
    networks: { net: network("n", { a: "s-a" }), gone: network("g") },
    securityGroups: {},
    floatingIps: { "172.24.4.50": "any" as const },
  };
  const now = {
    images: { rhel: "2", rhcos: "3" },
    networks: { net: network("other", { a: "x", b: "s-b" }), new: network("m") },
    securityGroups: { web: "w" },
    floatingIps: { "172.24.4.50": "reuse" as const },
  };
  expect(keepPlaces(before, now)).toEqual({
    images: { rhel: "1", rhcos: "3" },
    networks: {
      net: network("n", { a: "s-a", b: "s-b" }),
      gone: network("g"),
      new: network("m"),
    },
    securityGroups: { web: "w" },
    floatingIps: { "172.24.4.50": "any" },
  });
});
