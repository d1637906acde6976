import { BareMetalCloud } from "./BareMetalCloud";
import { failureOf } from "./FaultyCloud";

jest.setTimeout(300_000);

async function open(): Promise<BareMetalCloud> {
  // A transfer's credential lives fifteen minutes of the sandbox's: enough for a real qemu-img.
  const metal = await BareMetalCloud.open({}, 200);
  metal.world.requests.clear();
  return metal;
}

/** Of the requests of a capture that nothing disturbs, those that change something. */
async function requestsToCut(): Promise<number[]> {
  const metal = await open();
  await metal.cloud.capture(metal.inputs());
  const all = metal.world.requests.filter(() => true);
  await metal.close();
  return all.flatMap(({ method }, i) => (method === "GET" ? [] : [i + 1]));
}

/** From request `nth` on nothing gets through; whether `nth` itself was carried out, nobody knows. */
function cutAt(metal: BareMetalCloud, nth: number, isCarriedOut: boolean): void {
  const refused = { status: 400, body: { error_message: "cut off" } };
  const { faults } = metal.world;
  faults.add({
    match: { action: "*", nth },
    then: { ...refused, ...(isCarriedOut && { afterwards: true }) },
  });
  faults.add({ match: { action: "*", nth: nth + 1, times: 1e9 }, then: refused });
}

/** A capture that was cut off; how often it looks varies, so that one of the last may end before. */
async function interrupted(
  metal: BareMetalCloud,
): Promise<Partial<Awaited<ReturnType<typeof failureOf>>>> {
  const capture = metal.cloud.capture(metal.inputs());
  return capture.then(
    () => ({}),
    () => failureOf(capture),
  );
}

/** How often Ironic was made to make a snapshot, once without anybody hearing of it. */
function begun(metal: BareMetalCloud, isCarriedOut: boolean): number {
  const snapshots = metal.world.requests.filter(({ status }) => status === 202 || status === 400);
  const cut = snapshots.find(({ status }) => status === 400);
  return snapshots.filter(
    (it) =>
      it.action === "setProvisionState snapshot" &&
      (it.status === 202 || (isCarriedOut && it === cut)),
  ).length;
}

test.each([
  ["and the request was not carried out", false],
  ["and the request was carried out, but nobody heard of it", true],
])(
  "a capture that is cut off at any of its changes is completed by the next run, %s",
  async (_, isCarriedOut) => {
    for (const nth of await requestsToCut()) {
      const metal = await open();
      try {
        cutAt(metal, nth, isCarriedOut);
        // What cannot be given back, as nothing gets through, is kept.
        const { kept } = await interrupted(metal);
        metal.world.faults.clear();
        // Every other time the engine has heard nothing of the first run, as after a kill.
        const outs =
          kept === undefined || nth % 2 === 0
            ? await metal.cloud.capture(metal.inputs())
            : await metal.cloud.resume(kept, metal.inputs());
        expect({
          nth,
          phase: outs.phase,
          states: metal.states(),
          leftovers: metal.cloud.leftovers("metal001").length,
          snapshots: begun(metal, isCarriedOut),
        }).toEqual({
          nth,
          phase: "committed",
          states: { master0: "active, power off", master1: "active, power off" },
          leftovers: 3,
          snapshots: 2,
        });
      } finally {
        await metal.close();
      }
    }
  },
);
