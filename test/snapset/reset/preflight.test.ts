import { judgeReset, rootVolumeProblems } from "../../../snapset/reset/preflight";
import { begun, observed, volume, whole, wish } from "./domain";

const judge = (
  nodes: ReturnType<typeof observed>[],
  readiness: Parameters<typeof judgeReset>[3] = "StopTarget",
  snapshots: { volume_id: string }[] = [],
) => judgeReset(nodes, snapshots, wish, readiness);

describe("the judgement of a reset", () => {
  it("names what would be put back, and what of it runs", () => {
    const nodes = [
      observed("node0"),
      observed("node1", { status: "SHUTOFF" }),
      observed("node2", { mark: begun }),
      observed("node3", { status: "SHUTOFF", mark: whole }),
    ];
    expect(judge(nodes)).toEqual({
      nodes: ["node0", "node1", "node2"],
      running: ["node0"],
      problems: [],
      warnings: [],
    });
  });

  it("finds every problem of every node", () => {
    const unimaged = observed("node4");
    unimaged.node.imageId = "";
    const { problems } = judge([
      { ...observed("node0"), server: undefined },
      observed("node1", { status: "PAUSED", isLocked: true }),
      observed("node2", { imageId: "" }),
      unimaged,
    ]);
    expect(problems).toEqual([
      "server node0 (id-of-node0) is gone: `pulumi refresh` lets the next `pulumi up` make it anew",
      "server node1 (id-of-node1) is PAUSED: bring it to ACTIVE or SHUTOFF",
      "server node1 (id-of-node1) is locked: unlock it",
      "server node2 (id-of-node2) boots from a volume, which Nova cannot put back in place: say snapset:restore replace",
      "the set has no image of node4",
    ]);
  });

  it("refuses servers that run under FailImmediate, and not those that it has told to stop before", () => {
    const nodes = [observed("node0"), observed("node1", { mark: begun })];
    expect(judge(nodes, "FailImmediate").problems).toEqual([
      "node0 must be SHUTOFF, as snapset:restore.targetReadiness is FailImmediate: stop them, or let StopTarget do it",
    ]);
    expect(judge(nodes, "WaitGracePeriod").problems).toEqual([]);
  });

  it("refuses to replace a volume that cannot be deleted, and names a person's", () => {
    const wanted = [{ name: "data", volumeId: "new" }];
    const volumes = [
      volume("old", "data", "/dev/vdb"),
      volume("new", "data", null),
      volume("mine", "", "/dev/vdc"),
    ];
    const node = observed("node0", {}, { wanted, volumes });
    const { problems, warnings } = judge([node], "StopTarget", [{ volume_id: "old" }]);
    expect(problems).toEqual([
      "volume data (old) of node0 has snapshots, which keep it from being replaced: delete the sets or snapshots that they are of, or restore into a stack of its own",
    ]);
    expect(warnings).toEqual([
      "volume mine of node0 is not the environment's: it stays attached, with what is on it",
    ]);
    expect(judge([node], "StopTarget", [{ volume_id: "new" }]).problems).toEqual([]);
  });
});

it("nodes that boot from a volume are named before anything is made", () => {
  expect(rootVolumeProblems([{ name: "a" }, { name: "b", rootVolume: { sizeGb: 1 } }])).toEqual([
    "b boots from a volume, which Nova cannot put back in place: say snapset:restore replace",
  ]);
});
