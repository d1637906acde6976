import fc from "fast-check";
import { disturbanceOf } from "../../../snapset/capture/disturbance";
import { consistencies } from "../../../snapset/manifest";
import { instanceOf, memberOf, serverOf } from "./domain";

const volumeIds = fc.uniqueArray(fc.constantFrom("a", "b", "c", "d"));

function withVolumes(volumes: readonly string[], status = "SHUTOFF") {
  return serverOf(instanceOf(), { volumeIds: volumes, status });
}

function after(now: ReturnType<typeof withVolumes> | undefined, consistency = "shutdown" as const) {
  return disturbanceOf(memberOf(), now, consistency);
}

describe("what somebody did to a server during the capture", () => {
  it("nothing", () => {
    expect(after(serverOf())).toBeUndefined();
  });

  it.each(consistencies)("deleted it (%s)", (consistency) => {
    expect(disturbanceOf(memberOf(), undefined, consistency)).toBe(
      "its server was deleted during the capture",
    );
  });

  it.each(["DELETED", "SOFT_DELETED"])("deleted it, and Nova still lists it as %s", (status) => {
    expect(after(withVolumes([], status))).toBe("its server was deleted during the capture");
  });

  it("stopped one that was to be imaged while it ran", () => {
    const before = memberOf(instanceOf(), { server: withVolumes([], "ACTIVE") });
    expect(disturbanceOf(before, withVolumes([], "SHUTOFF"), "crash")).toBe(
      "its server is SHUTOFF: it must stay ACTIVE during the capture",
    );
  });

  it("started it", () => {
    expect(after(withVolumes([], "ACTIVE"))).toBe(
      "its server is ACTIVE: somebody started it during the capture",
    );
  });

  it.each(["ERROR", "RESCUE", "VERIFY_RESIZE"])("made it %s", (status) => {
    expect(after(withVolumes([], status))).toBe(
      `its server is ${status}: it must stay SHUTOFF during the capture`,
    );
  });

  it.each(["quiesce", "crash"] as const)("a server may run under consistency %s", (consistency) => {
    const before = memberOf(instanceOf(), { server: withVolumes([], "ACTIVE") });
    expect(disturbanceOf(before, withVolumes([], "ACTIVE"), consistency)).toBeUndefined();
  });

  it("attached and detached volumes", () => {
    const before = memberOf(instanceOf(), { server: withVolumes(["a", "b"]) });
    expect(disturbanceOf(before, withVolumes(["b", "c", "d"]), "crash")).toBe(
      "its volumes were changed during the capture: attached c, d; detached a",
    );
    expect(disturbanceOf(before, withVolumes(["a", "b", "c"]), "shutdown")).toBe(
      "its volumes were changed during the capture: attached c",
    );
    expect(disturbanceOf(before, withVolumes(["b"]), "quiesce")).toBe(
      "its volumes were changed during the capture: detached a",
    );
  });

  it("is about which volumes there are, not about their order", () => {
    fc.assert(
      fc.property(volumeIds, volumeIds, (before, now) => {
        const disturbance = disturbanceOf(
          memberOf(instanceOf(), { server: withVolumes(before) }),
          withVolumes(now),
          "shutdown",
        );
        const isSame = before.toSorted().join() === now.toSorted().join();
        expect(disturbance === undefined).toBe(isSame);
      }),
    );
  });
});
