/* eslint-disable @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-member-access -- raw answers are what is tested */
import { Lab } from "./client";

describe("Cinder", () => {
  let lab: Lab;
  let base: string;
  beforeEach(async () => {
    lab = await Lab.open();
    base = `/volume/v3/${lab.world.identity.project("demo").id}`;
  });
  afterEach(() => lab.close());

  it("makes a volume in its time, and a snapshot that keeps it from being deleted", async () => {
    const made = await lab.call("POST", `${base}/volumes`, { volume: { size: 1, name: "v" } });
    expect(made).toMatchObject({ status: 202, body: { volume: { status: "creating", size: 1 } } });
    const path = `${base}/volumes/${made.body.volume.id}`;
    const snapshot = { volume_id: made.body.volume.id, name: "s" };
    expect((await lab.call("POST", `${base}/snapshots`, { snapshot })).status).toBe(400);
    lab.world.clock.advance(2_000);
    expect((await lab.get(path)).body.volume.status).toBe("available");
    const taken = await lab.call("POST", `${base}/snapshots`, { snapshot });
    expect(taken).toMatchObject({ status: 202, body: { snapshot: { status: "creating" } } });
    expect((await lab.call("DELETE", path)).status).toBe(400);
    await lab.call("DELETE", `${base}/snapshots/${taken.body.snapshot.id}`);
    lab.world.clock.advance(1_000);
    expect((await lab.call("DELETE", path)).status).toBe(202);
    lab.world.clock.advance(1_000);
    expect((await lab.get(path)).body).toEqual({
      itemNotFound: { code: 404, message: `Volume ${made.body.volume.id} could not be found.` },
    });
  });

  it.each([
    [
      { volume: { size: 0 } },
      400,
      "Invalid input for field/attribute size. Value: 0. 0 is less than the minimum of 1",
    ],
    [
      { volume: { size: "a" } },
      400,
      "Invalid input for field/attribute size. Value: a. 'a' does not match '^[0-9]+$'",
    ],
    [{}, 400, "'volume' is a required property"],
    [
      { volume: { size: 1, imageRef: "nope" } },
      400,
      "Invalid image identifier or unable to access requested image.",
    ],
    [
      { volume: { size: 1, volume_type: "nope" } },
      404,
      "Volume type with name nope could not be found.",
    ],
  ])("refuses %j", async (body, status, message) => {
    const answer = await lab.call("POST", `${base}/volumes`, body);
    const kind = status === 404 ? "itemNotFound" : "badRequest";
    expect([answer.status, answer.body]).toEqual([status, { [kind]: { code: status, message } }]);
    expect(lab.world.volumes.all()).toEqual([]);
  });
});
