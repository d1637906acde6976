import { call } from "../../../dynamic/providers";
import type { ResetInputs } from "../../../platforms/nova/reset/types";
import type { RevivalInputs } from "../../../dynamic/providers/revival";

/** What Pulumi hands over in a preview for what is not known yet. */
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const node = (volumeId: string): ResetInputs["nodes"][number] => ({
  name: "compute0",
  role: "compute",
  serverId: "server",
  imageId: "image",
  volumes: [{ name: "data", volumeId }],
});
const inputs: ResetInputs = {
  snapId: "AbCdEf12",
  trigger: "1",
  nodes: [node("volume")],
  readiness: { policy: "StopTarget", gracePeriod: 300_000 },
  deadline: 1_800_000,
  selfUrn: "urn:test",
};
const whole = { ...inputs, schemaVersion: 2, phase: "whole", phases: [] };

describe("a Reset", () => {
  it.each([
    ["nothing", {}, false],
    ["another trigger", { trigger: "2" }, true],
    ["another set", { snapId: "GhIjKl34" }, true],
    ["a set that is not known yet", { snapId: unknown }, true],
    ["another server", { nodes: [{ ...node("volume"), serverId: "other" }] }, true],
    ["a volume that is not known yet", { nodes: [node(unknown)] }, true],
    ["another deadline", { deadline: 1 }, false],
  ])("is asked for by %s: %j → %s", async (_what, change, changes) => {
    expect(await call("Reset", "diff", ["reset", whole, { ...inputs, ...change }])).toEqual({
      changes,
    });
  });

  it("that was not finished goes on", async () => {
    const unfinished = { ...whole, phase: "unfinished" };
    expect(await call("Reset", "diff", ["reset", unfinished, inputs])).toEqual({ changes: true });
  });

  it("asks the cloud for nothing when nothing is asked of it, or when its servers are not there yet", async () => {
    for (const [olds, nodes] of [
      [inputs, inputs.nodes],
      [{}, unknown],
      [{}, [{ ...node("volume"), serverId: unknown }]],
    ] as const) {
      const news = { ...inputs, nodes };
      // There is no cloud here to be asked.
      expect(await call("Reset", "check", [olds, news])).toEqual({ inputs: news, failures: [] });
    }
  });
});

describe("a Revival", () => {
  const revival = {
    servers: ["server"],
    facts: null,
    capturedAt: "2026-01-05T08:00:00.000Z",
    snapId: "AbCdEf12",
    trigger: "1",
    selfUrn: "urn:test",
  } as unknown as RevivalInputs;
  const revived = { ...revival, schemaVersion: 2, phase: "revived", evidence: null };
  const changes = async (olds: object, change: object) =>
    (
      (await call("Revival", "diff", ["revival", olds, { ...revival, ...change }])) as {
        changes: boolean;
      }
    ).changes;

  it("comes again after its servers were put back in place", async () => {
    expect(await changes(revived, {})).toBe(false);
    expect(await changes(revived, { trigger: "2" })).toBe(true);
    expect(await changes(revived, { snapId: "GhIjKl34" })).toBe(true);
  });

  it("of older state is left alone until there is a trigger, or another set", async () => {
    const older = { ...revived, snapId: undefined, trigger: undefined };
    expect(await changes(older, { trigger: "" })).toBe(false);
    expect(await changes(older, { trigger: "1" })).toBe(true);
    expect(await changes(older, { trigger: "", capturedAt: "2026-02-01T08:00:00.000Z" })).toBe(
      true,
    );
  });
});
