import fc from "fast-check";
import { nodesToReset, planReset, type ResetStep } from "../../../snapset/reset/resetPlan";
import { begun, earlier, observed, volume, whole, wish } from "./domain";
import { SimulatedCloud } from "./SimulatedCloud";

const limits = { parallel: 16, attempts: 2 };
const plan = (...nodes: ReturnType<typeof observed>[]) => planReset(nodes, wish, limits);
const kinds = (steps: ResetStep[]) => steps.map(({ kind }) => kind);
const off = { status: "SHUTOFF", mark: begun };
const rebuilt = { rebuilds: 1, wasOff: true };

describe("a node", () => {
  it("is marked before it is stopped, and stopped before it is rebuilt", () => {
    expect(plan(observed("node0"))).toEqual([{ kind: "begin" }]);
    expect(plan(observed("node0", { mark: begun }))).toEqual([{ kind: "stop" }]);
    expect(plan(observed("node0", off))).toEqual([{ kind: "rebuild" }]);
  });

  it("is waited for while Nova has a task for it", () => {
    const task = { status: "REBUILD", taskState: "rebuild_spawning", mark: begun };
    expect(plan(observed("node0", task, rebuilt))).toEqual([
      { kind: "wait", seen: "node0 REBUILD (rebuild_spawning)" },
    ]);
  });

  it("that Nova starts for a moment at the end of its rebuild is left to Nova, and no longer", () => {
    const moment = observed("node0", { mark: begun }, rebuilt);
    expect(plan(moment)).toEqual([{ kind: "wait", seen: "node0 ACTIVE" }]);
    expect(plan({ ...moment, wasRunning: true })).toEqual([{ kind: "stop" }]);
  });

  it("is whole after its rebuild from SHUTOFF alone: its image says only what was asked for", () => {
    expect(plan(observed("node0", off, rebuilt))).toEqual([{ kind: "finish" }]);
    expect(plan(observed("node0", off, { rebuilds: 1, wasOff: false }))).toEqual([
      { kind: "rebuild" },
    ]);
  });

  it("is rebuilt from ERROR, but not for ever", () => {
    const error = { status: "ERROR", mark: begun, fault: "no space left" };
    expect(plan(observed("node0", error, { rebuilds: 1 }))).toEqual([{ kind: "rebuild" }]);
    expect(plan(observed("node0", error, { rebuilds: 2 }))).toEqual([
      {
        kind: "failed",
        reason: "server node0 (id-of-node0) is ERROR after 2 rebuilds: no space left",
      },
    ]);
  });

  it("that is gone, or that the cloud refuses, fails", () => {
    expect(plan({ ...observed("node0"), server: undefined })).toEqual([
      { kind: "failed", reason: "server node0 (id-of-node0) is gone" },
    ]);
    expect(plan(observed("node0", off, { refusal: "too small" }))).toEqual([
      { kind: "failed", reason: "too small" },
    ]);
  });
});

describe("nodes", () => {
  it("are not rebuilt while one of them runs", () => {
    const steps = plan(observed("node0", off), observed("node1", { mark: begun }));
    expect(steps).toEqual([
      { kind: "wait", seen: "node0 until all are SHUTOFF" },
      { kind: "stop" },
    ]);
  });

  it("are rebuilt a bounded number at a time", () => {
    const nodes = ["a", "b", "c"].map((name) => observed(name, off));
    const busy = observed("d", { ...off, status: "REBUILD", taskState: "rebuilding" }, rebuilt);
    const steps = planReset([...nodes, busy], wish, { parallel: 2, attempts: 2 });
    expect(kinds(steps)).toEqual(["rebuild", "wait", "wait", "wait"]);
  });

  it("of which one fails go on without it", () => {
    const broken = observed("node1", { status: "ERROR", mark: begun }, { rebuilds: 2 });
    expect(kinds(plan(observed("node0", off), broken))).toEqual(["rebuild", "failed"]);
  });

  it("stay as they are where each is whole, running or not", () => {
    const nodes = [observed("node0", { mark: whole }), observed("node1", { ...off, mark: whole })];
    expect(kinds(plan(...nodes))).toEqual(["whole", "whole"]);
    expect(nodesToReset(nodes, wish)).toEqual([]);
  });

  it("that somebody started before all were whole are put back again", () => {
    const started = observed("node0", { mark: whole });
    expect(kinds(plan(started, observed("node1", off)))).toEqual(["begin", "wait"]);
  });

  it("that a set restored before there were marks are only marked, unless one asks for more", () => {
    const nodes = [observed("node0", { mark: undefined }), observed("node1", { mark: undefined })];
    const calm = { ...wish, trigger: "" };
    expect(kinds(planReset(nodes, calm, limits))).toEqual(["finish", "finish"]);
    expect(nodesToReset(nodes, calm)).toEqual([]);
    expect(kinds(planReset(nodes, wish, limits))).toEqual(["begin", "begin"]);
    const other = observed("node1", { mark: undefined, imageId: "base" });
    expect(kinds(planReset([observed("node0", { mark: undefined }), other], calm, limits))).toEqual(
      ["begin", "begin"],
    );
  });

  it("are not taken for whole by the mark of an earlier reset", () => {
    const nodes = [observed("node0", { ...off, mark: earlier })];
    expect(kinds(plan(...nodes))).toEqual(["begin"]);
    expect(nodesToReset(nodes, wish)).toHaveLength(1);
  });

  it("are not whole with other volumes than theirs", () => {
    const wanted = [{ name: "data", volumeId: "new" }];
    const volumes = [volume("old", "data", "/dev/vdb"), volume("new", "data", null)];
    const node = observed("node0", { mark: whole }, { wanted, volumes });
    expect(kinds(plan(node))).toEqual(["begin"]);
  });
});

describe("a reset in a simulated cloud", () => {
  it("ends with every node at the set, whoever interferes and however often it is killed", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.constantFrom("kill", "start", "fail", "none"), { maxLength: 30 }),
        (count, disturbances) => {
          const cloud = new SimulatedCloud(count);
          for (const disturbance of disturbances) {
            cloud.disturb(disturbance);
            cloud.tick(wish);
          }
          cloud.tickUntilDone(wish);
          expect(cloud.problems).toEqual([]);
          expect(cloud.state()).toEqual(
            Array.from({ length: count }, () => ({ disk: "set", volumes: ["new-a", "new-b"] })),
          );
        },
      ),
      { numRuns: 300 },
    );
  });
});
