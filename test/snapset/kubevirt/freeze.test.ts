import { staleReason } from "../../../snapset/kubevirt/adoption";
import { frozenDefects } from "../../../snapset/kubevirt/freeze";
import { snapshot, vm, withStatus } from "./objects";

const at = (time: string) => new Date(`2026-11-21T${time}Z`);
const window = { at: at("10:00:04.300"), until: at("10:05:00") };

test("a snapshot that was cut while its guest was frozen is of that moment", () => {
  expect(frozenDefects(snapshot, window)).toEqual([]);
});

test("Kubernetes rounds times down: a cut in the second of the freeze counts", () => {
  expect(frozenDefects(withStatus({ creationTime: "2026-11-21T10:00:04Z" }), window)).toEqual([]);
});

test.each(["2026-11-21T10:00:02Z", "2026-11-21T10:05:00Z", "2026-11-21T10:04:59.5Z", null])(
  "a cut at %s is not of that moment",
  (creationTime) => {
    const [defect, ...others] = frozenDefects(withStatus({ creationTime }), window);
    expect(defect).toMatch(
      /^it was cut at .*, its guest was frozen from 2026-11-21T10:00:04.300Z to 2026-11-21T10:05:00.000Z at the latest/,
    );
    expect(others).toEqual([]);
  },
);

test("a cut after the guests were thawed is not of that moment; one that may be is not believed either", () => {
  const broken = { ...window, brokenOffAt: at("10:00:20.500") };
  expect(frozenDefects(withStatus({ creationTime: "2026-11-21T10:00:19Z" }), broken)).toEqual([]);
  expect(frozenDefects(withStatus({ creationTime: "2026-11-21T10:00:20Z" }), broken)).toEqual([
    "it was cut at 2026-11-21T10:00:20Z, its guest was frozen from 2026-11-21T10:00:04.300Z to " +
      "2026-11-21T10:00:20.500Z, when the capture was broken off",
  ]);
});

test("without the agent, or when it thawed early, nothing was frozen", () => {
  expect(frozenDefects(withStatus({ indications: ["Online", "NoGuestAgent"] }), window)).toEqual([
    "KubeVirt did not find the guest agent",
  ]);
  expect(
    frozenDefects(withStatus({ indications: ["GuestAgent", "QuiesceTimeout"] }), window),
  ).toEqual(["the guest thawed too early (QuiesceTimeout)"]);
});

describe("what an interrupted capture has left", () => {
  const vmi = { metadata: { ...vm.metadata, uid: "vmi" } };

  test("of a machine that stayed off is taken over", () => {
    expect(staleReason(snapshot, vm, undefined, "shutdown", undefined)).toBeUndefined();
  });

  test("of a machine that runs, was changed, or ran since is not", () => {
    expect(staleReason(snapshot, vm, vmi, "shutdown", undefined)).toBe("it runs");
    const changed = { ...vm, metadata: { ...vm.metadata, generation: 5 } };
    expect(staleReason(snapshot, changed, undefined, "shutdown", undefined)).toBe(
      "its specification was changed (run strategy Always)",
    );
    const lastTransitionTime = "2026-11-21T10:00:01Z";
    const conditions = [{ type: "Ready", status: "False", lastTransitionTime }];
    const ran = { ...vm, status: { ...vm.status, conditions } };
    expect(staleReason(snapshot, ran, undefined, "shutdown", undefined)).toBe(
      "it ran (Ready False since 2026-11-21T10:00:01Z)",
    );
  });

  test("of a frozen guest is taken over only when it was cut in that freeze", () => {
    expect(staleReason(snapshot, vm, vmi, "quiesce", window)).toBeUndefined();
    expect(staleReason(snapshot, vm, vmi, "quiesce", undefined)).toBe(
      "nobody knows when its guest was frozen",
    );
    const uncut = withStatus({ phase: "InProgress", creationTime: null });
    expect(staleReason(uncut, vm, vmi, "quiesce", window)).toBe(
      "it was not cut while all were frozen",
    );
  });
});
