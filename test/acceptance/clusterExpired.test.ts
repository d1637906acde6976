import { ClusterCloud, dayMs } from "./ClusterCloud";
import { captureOf, expectUntouched, failureOf } from "./FaultyCloud";

jest.setTimeout(120_000);

let lab: ClusterCloud;

beforeEach(async () => {
  lab = await ClusterCloud.open();
});
afterEach(() => lab.close());

/** A set whose certificates ended ten days ago. */
async function expiredSet() {
  const outs = await lab.providers.capture(captureOf(lab.instances, { cluster: lab.settings }));
  lab.cloud.world.clock.advance(40 * dayMs);
  return outs;
}

describe("a set whose cluster's certificates have expired", () => {
  it("is refused, with the date and the way to have it all the same", async () => {
    const { progress } = await expiredSet();
    const { message } = await expectUntouched(lab.cloud, () =>
      failureOf(lab.providers.select("faults01", [])),
    );
    expect(message).toBe(
      `snapId: set faults01 cannot be restored: its cluster's certificates expired at ${progress.notAfter ?? ""}; snapset:allowExpired restores it all the same`,
    );
  });

  it("is chosen where that is allowed, and its cluster gets new certificates by itself", async () => {
    const { progress } = await expiredSet();
    const {
      chosen,
      notAfter,
      capturedAt,
      cluster: facts,
    } = await lab.providers.select("faults01", [], true);
    expect([chosen, notAfter]).toEqual(["faults01", progress.notAfter]);
    // the servers of the capture stand for restored ones: they were off as long
    for (const { name } of lab.instances) lab.cloud.start(name);
    const { evidence, phase } = await lab.providers.revive({
      servers: lab.instances.map(({ uuid }) => uuid),
      cluster: lab.settings,
      facts,
      capturedAt,
      notAfter,
      selfUrn: "urn:test",
    });
    expect(phase).toBe("revived");
    expect(evidence?.freshness.isProven).toBe(true);
    expect(evidence?.certificateRequests.approved.map(({ purpose }) => purpose).sort()).toEqual([
      "client",
      "client",
      "serving",
      "serving",
    ]);
    expect(await lab.cordoned()).toEqual({ master0: false, worker0: false });
  });
});
