import type { Instance } from "../../snapset/snapsetData";
import { captureOf, failureOf, FaultyCloud } from "./FaultyCloud";

jest.setTimeout(240_000);

const members = ["controller", "compute0", "compute1"];

/** Three servers, of which one has a data volume. */
async function openCloud(): Promise<{ cloud: FaultyCloud; instances: Instance[] }> {
  const cloud = await FaultyCloud.open({ timeScale: 1000 });
  const instances = cloud.bootThree();
  cloud.attachVolume("compute0", "data");
  cloud.world.requests.clear();
  return { cloud, instances };
}

/** How many requests a capture makes that nothing disturbs; how often it looks varies a little. */
async function requestsOfOneCapture(): Promise<number> {
  const { cloud, instances } = await openCloud();
  await cloud.capture(captureOf(instances));
  const { total } = cloud.world.requests;
  await cloud.close();
  return total;
}

/** From request `nth` on nothing gets through any more; whether `nth` itself was carried out, nobody knows. */
function cutAt(cloud: FaultyCloud, nth: number, isCarriedOut: boolean): void {
  const refused = { status: 400, body: { badRequest: { code: 400, message: "cut off" } } };
  cloud.world.faults.add({
    match: { action: "*", nth },
    then: { ...refused, ...(isCarriedOut && { afterwards: true }) },
  });
  cloud.world.faults.add({ match: { action: "*", nth: nth + 1, times: 1e9 }, then: refused });
}

async function interruptAndResume(nth: number, isCarriedOut: boolean, isStateLost: boolean) {
  const { cloud, instances } = await openCloud();
  try {
    cutAt(cloud, nth, isCarriedOut);
    const { kept } = await failureOf(cloud.capture(captureOf(instances)));
    cloud.world.faults.clear();
    const outs =
      kept === undefined || isStateLost
        ? await cloud.capture(captureOf(instances))
        : await cloud.resume(kept, captureOf(instances));
    return {
      phase: outs.phase,
      chosen: (await cloud.select("faults01", [])).chosen,
      leftovers: cloud.leftovers("faults01").toSorted(),
      madeTwice: cloud.madeTwice(),
      states: cloud.states(),
      stops: cloud.manifestOf("faults01").members.map(({ name, stop }) => [name, stop === "found"]),
    };
  } finally {
    await cloud.close();
  }
}

describe("a capture that is cut off at any of its requests", () => {
  it.each([
    ["and the request was not carried out", false],
    ["and the request was carried out, but nobody heard of it", true],
  ])("is completed by the next run, %s", async (_, isCarriedOut) => {
    const count = await requestsOfOneCapture();
    expect(count).toBeGreaterThan(30);
    for (let nth = 1; nth <= count - 2; nth += 1) {
      // Every other time the engine has heard nothing of the first run, as after a kill.
      const result = await interruptAndResume(nth, isCarriedOut, nth % 2 === 0);
      expect({ nth, ...result }).toEqual({
        nth,
        phase: "committed",
        chosen: "faults01",
        leftovers: [
          // the snapshot of its volume
          "hotstack-compute0-snapshot-faults01",
          ...members.map((name) => `hotstack-${name}-snapshot-faults01`),
        ].toSorted(),
        madeTwice: [],
        states: Object.fromEntries(members.map((name) => [name, "SHUTOFF"])),
        stops: members.map((name) => [name, false]),
      });
    }
  });
});
