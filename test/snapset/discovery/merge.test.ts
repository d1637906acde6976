import { goneOfDeclared, mergeDeclared } from "../../../snapset/discovery/merge";
import { parseEnvironment } from "../../../snapset/environment/parse";
import { discovered, network } from "./lab";
import { cloudOf } from "./lab";

const declared = parseEnvironment(
  {
    name: "declared",
    networks: [
      { name: "m", subnets: [{ name: "s", cidr: "192.168.9.0/24" }] },
      { name: "empty", subnets: [] },
      { name: "gone", subnets: [] },
    ],
    routers: [{ name: "r" }],
    outputs: { server: { $serverId: "a" } },
    minStablePeriodSeconds: 60,
    nodes: [
      {
        name: "a",
        role: "compute",
        flavor: "declared-flavor",
        image: "rhel",
        userData: "#!",
        sshUser: "zuul",
        keyPair: "old-key",
        metadata: { old: "yes" },
        ports: [{ network: "m" }],
        volumes: [{ name: "v", sizeGb: 1, capture: "empty" }],
      },
    ],
  },
  "test",
);

describe("what was declared, and what is found", () => {
  const { environment } = discovered(
    { networks: [...cloudOf().networks, network("empty")] },
    declared,
  );
  const merged = mergeDeclared(environment, declared);

  it("is as it is found, with what a cloud does not know", () => {
    expect(merged).toMatchObject({
      name: "lab",
      minStablePeriodSeconds: 60,
      outputs: declared.outputs,
    });
    expect(merged.routers).toEqual([]);
    expect(merged.nodes).toEqual([
      {
        name: "a",
        role: "compute",
        flavor: "m1",
        image: "rhel",
        userData: "#!",
        sshUser: "zuul",
        configDrive: false,
        metadata: {},
        volumes: declared.nodes[0]?.volumes,
        ports: environment.nodes[0]?.ports,
      },
    ]);
  });

  it("has a network that was declared though nobody is in it", () => {
    expect(merged.networks.map(({ name }) => name)).toEqual(["empty", "m"]);
  });

  it("says what was declared and is gone", () => {
    expect(goneOfDeclared(environment, declared)).toEqual([
      "network gone was declared and is not found: the set is without it",
      "router r was declared and is not found: the set is without it",
    ]);
  });

  it("is what is found where nothing was declared", () => {
    expect(mergeDeclared(environment, null)).toBe(environment);
  });
});
