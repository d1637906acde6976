import fc from "fast-check";
import {
  judgeNodes,
  nodesElsewhere,
  type Machine,
  type NodeMachine,
} from "../../../snapset/capture/clusterNodes";

const machine = (id: string, ...addresses: string[]): Machine => ({ id, name: id, addresses });
const node = (name: string, systemUuid: string, ...internalIps: string[]): NodeMachine => ({
  name,
  systemUuid,
  internalIps,
});
const servers = [
  machine("controller-id", "10.0.0.1"),
  machine("m0-id", "10.0.0.10", "172.16.0.10"),
  machine("m1-id", "10.0.0.11"),
  machine("twin-id", "10.0.0.10"),
];
const captured = new Set(["controller-id", "m0-id", "m1-id"]);
const judge = (...nodes: NodeMachine[]) => judgeNodes(nodes, servers, captured);
const fine = { problems: [], warnings: [] };
const own =
  "captured are controller-id (controller-id, 10.0.0.1); m0-id (m0-id, 10.0.0.10, 172.16.0.10); m1-id (m1-id, 10.0.0.11)";

describe("the nodes of a cluster that is to be shut down", () => {
  it("are its own when they run on captured servers, whatever their addresses", () => {
    expect(judge(node("m0", "m0-id", "10.0.0.10"), node("m1", "m1-id"))).toEqual(fine);
    expect(judge(node("m0", "m0-id", "192.0.2.7"))).toEqual(fine);
  });

  it("are not when one runs on a server that is not captured, even at the same address", () => {
    expect(judge(node("m1", "m1-id", "10.0.0.11"), node("m0", "twin-id", "10.0.0.10"))).toEqual({
      problems: [
        "node m0 (10.0.0.10) runs on server twin-id (twin-id), which is not captured",
        own,
      ],
      warnings: [],
    });
  });

  it("are not when one has an address of none, known or not by its UUID", () => {
    const foreign = "node m9 (10.9.9.9) runs on none of the captured servers";
    expect(judge(node("m9", "", "10.9.9.9")).problems).toEqual([foreign, own]);
    expect(judge(node("m9", "abc", "10.9.9.9")).problems).toEqual([
      `${foreign}, its system UUID is abc`,
      own,
    ]);
  });

  it("are not when UUIDs are servers' ids, and one is of no server that we see", () => {
    const { problems } = judge(node("m1", "m1-id", "10.0.0.11"), node("m0", "abc", "10.0.0.10"));
    expect(problems[0]).toBe(
      "node m0 (10.0.0.10) runs on none of the captured servers, its system UUID is abc",
    );
  });

  it("are known by their addresses where UUIDs are no ids, with a warning", () => {
    expect(judge(node("m0", "ab-c", "172.16.0.10"), node("m1", "de-f", "10.0.0.11"))).toEqual({
      problems: [],
      warnings: [
        "nodes are known by their addresses alone, as their system UUIDs are not ids of servers: m0, m1; make sure that the kubeconfig is not that of another environment with the same addresses",
      ],
    });
  });

  it("may lack an InternalIP, with a warning, but not all of them", () => {
    expect(judge(node("m0", "m0-id", "10.0.0.10"), node("m1", ""))).toEqual({
      problems: [],
      warnings: ["nodes without an InternalIP may run on any server: m1"],
    });
    expect(judge(node("m0", ""), node("m1", "")).problems).toEqual([
      "no node says where it runs: m0, m1",
    ]);
  });

  it("are never taken when any of them is on another server of the project", () => {
    const ours = fc.constantFrom(
      node("m0", "m0-id", "10.0.0.10"),
      node("m1", "m1-id", "10.0.0.11"),
    );
    const address = fc.constantFrom("10.0.0.10", "10.0.0.11", "10.9.9.9");
    fc.assert(
      fc.property(fc.array(ours), address, fc.nat(), (nodes, ip, at) => {
        const all = nodes.toSpliced(at % (nodes.length + 1), 0, node("twin", "twin-id", ip));
        expect(judge(...all).problems).not.toEqual([]);
      }),
    );
  });
});

describe("the nodes of a cluster that was revived", () => {
  it("are elsewhere when they have booted on another server of the project", () => {
    const nodes = [node("m0", "twin-id", "10.0.0.10"), node("m1", "m1-id"), node("m2", "abc")];
    expect(nodesElsewhere(nodes, servers, captured)).toEqual([
      "node m0 runs on server twin-id (twin-id), which is not of this environment",
    ]);
  });
});
