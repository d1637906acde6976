/* eslint-disable @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-member-access -- raw answers are what is tested */
import { Lab } from "./client";

describe("a snapshot of a running guest", () => {
  let lab: Lab;
  beforeEach(async () => {
    lab = await Lab.open();
  });
  afterEach(() => lab.close());

  const agent = { hw_qemu_guest_agent: "yes" };
  const required = { os_require_quiesce: "yes" };

  async function boot(properties: Record<string, string>, isVolumeBacked = false) {
    const image = lab.world.images.create(lab.world.identity.project("demo").id, { properties });
    lab.world.images.setContent(image, { bootCount: 0, files: {} }, 1, 1);
    const root = { boot_index: 0, uuid: image.id, source_type: "image", volume_size: 1 };
    const devices = [{ ...root, destination_type: "volume" }];
    return isVolumeBacked
      ? lab.boot("w", { image: "", blockDevices: devices })
      : lab.boot("w", { image: image.id });
  }

  async function imageOf(id: string) {
    const { status, body } = await lab.action(id, "createImage", { name: "i" });
    lab.world.clock.advance(60_000);
    return { status, body, image: lab.world.images.get(body.image_id as string) };
  }

  const guest = () => lab.world.guests()[0];

  it.each([false, true])(
    "freezes it where there is an agent; on a volume: %s",
    async (isVolume) => {
      const id = await boot(agent, isVolume);
      const { image } = await imageOf(id);
      expect(image?.status).toBe("active");
      expect(guest()?.freezes).toEqual([{ at: expect.any(Date), thawedAt: expect.any(Date) }]);
      expect((await lab.console(id)).slice(-2)).toEqual([
        "oscloud: FSFREEZE frozen",
        "oscloud: FSFREEZE thawed",
      ]);
      const copy = isVolume ? lab.world.volumes.snapshots()[0]?.content : image?.content;
      expect(copy?.files["/var/lib/snapset-frozen"]).toBe(guest()?.freezes[0]?.at.toISOString());
    },
  );

  it("goes without where the image names no agent, and of a guest that is off", async () => {
    await imageOf(await boot({}));
    expect(guest()?.freezes).toEqual([]);
    const id = await boot({ ...agent, ...required });
    await lab.action(id, "os-stop");
    lab.world.clock.advance(5_000);
    expect((await imageOf(id)).image?.status).toBe("active");
    expect(lab.world.guests()[1]?.freezes).toEqual([]);
  });

  it("is given up when it has to be frozen and the image names no agent", async () => {
    const id = await boot(required);
    const { status, image } = await imageOf(id);
    expect([status, image]).toEqual([202, undefined]);
    expect((await lab.server(id))["OS-EXT-STS:task_state"]).toBeNull();
    const { body } = await lab.get(`/compute/v2.1/servers/${id}/os-instance-actions`);
    expect(body.instanceActions[0]).toMatchObject({ action: "createImage", message: "Error" });
  });

  it("is made all the same when the agent that has to freeze it does not answer", async () => {
    lab.world.faults.add({
      match: { action: "createImage", name: "w" },
      then: { effect: "agentSilent" },
    });
    expect((await imageOf(await boot({ ...agent, ...required }))).image?.status).toBe("active");
    expect(guest()?.freezes).toEqual([]);
  });

  it.each([
    [{ ...agent, ...required }, 500, "computeFault", /InternalError_Remote'>$/],
    [required, 400, "badRequest", /^QEMU guest agent is not enabled$/],
  ])("is refused of a volume-backed server: %j", async (properties, status, kind, message) => {
    const id = await boot(properties, true);
    const [machine] = lab.world.guests();
    if (machine !== undefined) machine.hasAgent = false;
    const answer = await imageOf(id);
    expect(answer.status).toBe(status);
    expect(answer.body[kind].message).toMatch(message);
    expect(lab.world.volumes.snapshots()).toEqual([]);
  });
});
