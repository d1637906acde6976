import { planPowerOff, type PowerObservation } from "../../../snapset/ironic/powerPlan";
import { node } from "./domain";

const plan = (power: Parameters<typeof node>[0], more: Partial<PowerObservation> = {}) =>
  planPowerOff({
    node: node({ powerState: "power on", ...power }),
    told: undefined,
    toldMs: 0,
    toldLastMs: 0,
    timeoutMs: 60_000,
    isSoftRefused: false,
    ...more,
  });

test("a machine is asked to shut down, and its power is cut when it has not in time", () => {
  expect(plan({})).toEqual({ kind: "tell", target: "soft power off" });
  const asked = { told: "soft power off", toldMs: 59_999 } as const;
  expect(plan({ targetPowerState: "soft power off" }, asked)).toMatchObject({ kind: "wait" });
  expect(plan({}, asked)).toMatchObject({ kind: "wait" });
  expect(plan({}, { ...asked, toldMs: 60_000 })).toEqual({ kind: "tell", target: "power off" });
});

test("a system that was still starting is asked again, once Ironic has given the first time up", () => {
  const asked = { told: "soft power off", toldMs: 40_000, toldLastMs: 20_000 } as const;
  expect(plan({}, asked)).toEqual({ kind: "tell", target: "soft power off" });
  expect(plan({ targetPowerState: "power off" }, asked).kind).toBe("wait");
  expect(plan({ reservation: "c1" }, asked).kind).toBe("wait");
  expect(plan({}, { ...asked, toldLastMs: 19_999 }).kind).toBe("wait");
});

test("Ironic is not told again while it is at it", () => {
  const late = { told: "soft power off", toldMs: 60_000 } as const;
  expect(plan({ targetPowerState: "soft power off" }, late).kind).toBe("wait");
  expect(plan({ reservation: "c1" }, late).kind).toBe("wait");
  expect(plan({ reservation: "c1" }).kind).toBe("wait");
  expect(plan({}, { told: "power off", toldMs: 90_000 }).kind).toBe("wait");
});

test("hardware that cannot ask its operating system has its power cut", () => {
  expect(plan({}, { isSoftRefused: true })).toEqual({ kind: "tell", target: "power off" });
});

test("off is off, and a machine whose node is gone fails", () => {
  expect(plan({ powerState: "power off" })).toEqual({ kind: "off" });
  expect(planPowerOff({ ...observation, node: undefined })).toEqual({
    kind: "failed",
    reason: "its node is gone from Ironic",
  });
});

const observation: PowerObservation = {
  node: node(),
  told: undefined,
  toldMs: 0,
  toldLastMs: 0,
  timeoutMs: 60_000,
  isSoftRefused: false,
};
