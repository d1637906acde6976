import { parseConfig } from "../../../snapset/config";

const restoreOf = (value: string | undefined) => {
  const config = parseConfig({
    "snapset:snapId": "latest",
    ...(value === undefined ? {} : { "snapset:restore": value }),
  });
  return config.mode === "restore" ? config.restore : undefined;
};

const defaults = {
  method: "replace",
  trigger: "",
  targetReadiness: "StopTarget",
  gracePeriod: 300_000,
  deadline: 1_800_000,
};

describe("snapset:restore", () => {
  it("replaces servers unless something else is said", () => {
    expect(restoreOf(undefined)).toEqual(defaults);
    expect(restoreOf("replace")).toEqual(defaults);
  });

  it("is the name of a method, or that with its settings", () => {
    expect(restoreOf("rebuild")).toEqual({ ...defaults, method: "rebuild" });
    const settings = {
      method: "rebuild",
      trigger: 2,
      targetReadiness: "WaitGracePeriod",
      gracePeriod: "10m",
      deadline: "1h",
    };
    expect(restoreOf(JSON.stringify(settings))).toEqual({
      method: "rebuild",
      trigger: "2",
      targetReadiness: "WaitGracePeriod",
      gracePeriod: 600_000,
      deadline: 3_600_000,
    });
  });

  it("is refused with every problem, by key", () => {
    expect(() => restoreOf("reset")).toThrow(
      "stack configuration: snapset:restore.method: must be one of replace, rebuild",
    );
    expect(() => restoreOf('{"trigger": "2"}')).toThrow(
      "snapset:restore.trigger: needs method rebuild",
    );
    const wrong = { method: "rebuild", targetReadiness: "Stop", gracePeriod: 5, when: "now" };
    expect(() => restoreOf(JSON.stringify(wrong))).toThrow(
      [
        "stack configuration: 3 problems",
        "  - snapset:restore.targetReadiness: must be one of StopTarget, WaitGracePeriod, FailImmediate, WaitEventually",
        "  - snapset:restore.gracePeriod: must be a duration such as 60s, 5m, 25h or 30d",
        "  - snapset:restore.when: unknown key",
      ].join("\n"),
    );
  });
});
