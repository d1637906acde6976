import fc from "fast-check";
import { ranSince } from "../../../snapset/capture/adoption";

const created = "2026-11-21T12:00:05Z";

function since(action: string, start_time: string) {
  return ranSince(created, [{ action, start_time }]);
}

const runs = [
  "start",
  "reboot",
  "rebuild",
  "resume",
  "unpause",
  "unshelve",
  "resize",
  "confirmResize",
  "revertResize",
  "restore",
  "rescue",
  "unrescue",
  "evacuate",
];
// The rest of nova compute/instance_actions.py.
const rests = [
  "create",
  "delete",
  "stop",
  "migrate",
  "pause",
  "suspend",
  "changePassword",
  "shelve",
  "shelveOffload",
  "live-migration",
  "trigger_crash_dump",
  "extend_volume",
  "attach_interface",
  "detach_interface",
  "attach_volume",
  "detach_volume",
  "lock",
  "unlock",
  "createBackup",
  "createImage",
  "resetState",
];

describe("what let a source run since its image was begun", () => {
  it.each(runs)("%s does", (action) => {
    const start_time = "2026-11-21T12:00:06.000000";
    expect(since(action, start_time)).toEqual({ action, start_time });
  });

  it.each(rests)("%s does not", (action) => {
    expect(since(action, "2026-11-21T12:00:06.000000")).toBeUndefined();
  });

  it("what was done before does not count", () => {
    expect(since("start", "2026-11-21T12:00:04.999999")).toBeUndefined();
  });

  it("in the same second nobody can tell, so it counts", () => {
    // Nova's database may keep whole seconds too: the action can be after the image.
    expect(since("start", "2026-11-21T12:00:05.000000")).toMatchObject({ action: "start" });
    expect(since("start", "2026-11-21T12:00:05.700000")).toMatchObject({ action: "start" });
  });

  it("a time without a zone is UTC, wherever this machine is; a zone counts when it is there", () => {
    expect(since("start", "2026-11-21T12:00:06")).toBeDefined();
    expect(since("start", "2026-11-21T12:00:06Z")).toBeDefined();
    expect(since("start", "2026-11-21T13:00:04+01:00")).toBeUndefined();
    expect(since("start", "2026-11-21T11:00:06-0100")).toBeDefined();
  });

  it("a time that cannot be read counts: an image is made anew rather than believed", () => {
    expect(since("start", "")).toEqual({ action: "start", start_time: "" });
    expect(ranSince("", [{ action: "start", start_time: "2026-11-21T12:00:04" }])).toBeDefined();
  });

  it("is found among all else that was done, in whatever order", () => {
    const harmless = fc.record({
      action: fc.constantFrom(...rests),
      start_time: fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
    });
    const early = fc.record({
      action: fc.constantFrom(...runs),
      start_time: fc
        .integer({ min: 1, max: 1e9 })
        .map((ms) => new Date(Date.parse(created) - ms).toISOString().slice(0, -1)),
    });
    const late = fc.record({
      action: fc.constantFrom(...runs),
      start_time: fc
        .nat({ max: 1e9 })
        .map((ms) => new Date(Date.parse(created) + ms).toISOString().slice(0, -1)),
    });
    const others = fc.array(fc.oneof(harmless, early));
    fc.assert(
      fc.property(others, late, others, (before, ran, after) => {
        expect(ranSince(created, [...before, ran, ...after])).toEqual(ran);
        expect(ranSince(created, [...before, ...after])).toBeUndefined();
      }),
    );
  });
});
