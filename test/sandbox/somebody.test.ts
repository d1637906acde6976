/* eslint-disable @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-member-access -- raw answers are what is tested */
import { Lab } from "./client";

describe("somebody else", () => {
  let lab: Lab;
  let server: string;
  beforeEach(async () => {
    lab = await Lab.open();
    server = await lab.boot("w");
  });
  afterEach(() => lab.close());

  const status = async () => (await lab.server(server)).status as string;
  const deed = async (what: object) => {
    const answer = await lab.call("POST", "/sandbox/somebody", what);
    lab.world.clock.advance(20_000);
    return answer;
  };

  it("stops, starts, reboots and deletes a server, which the server's history tells", async () => {
    expect((await deed({ do: "stop", server: "w" })).status).toBe(202);
    expect(await status()).toBe("SHUTOFF");
    await deed({ do: "start", server: "w" });
    expect(await status()).toBe("ACTIVE");
    lab.world.somebody.reboot(server);
    lab.world.clock.advance(20_000);
    expect(lab.world.guests()[0]?.disk.content.bootCount).toBe(3);
    await deed({ do: "deleteServer", server });
    const path = `/compute/v2.1/servers/${server}/os-instance-actions`;
    const { body } = await lab.get(path, { "x-openstack-nova-api-version": "2.45" });
    const actions = body.instanceActions as { action: string; user_id: string }[];
    expect(actions.map(({ action }) => action)).toEqual([
      "delete",
      "reboot",
      "start",
      "stop",
      "create",
    ]);
    expect(new Set(actions.slice(0, 4).map(({ user_id }) => user_id)).size).toBe(1);
    expect(actions[0]?.user_id).not.toBe(actions[4]?.user_id);
  });

  it("attaches and detaches a volume", async () => {
    const volume = await lab.volume({ size: 1, name: "data" });
    await deed({ do: "attachVolume", server: "w", volume: "data" });
    expect(lab.world.volumes.get(volume.id as string)?.attachments[0]?.device).toBe("/dev/vdb");
    await deed({ do: "detachVolume", server: "w", volume: "data" });
    expect(lab.world.volumes.get(volume.id as string)?.status).toBe("available");
  });

  it("makes an image of ours, deletes it, and deletes a snapshot", async () => {
    await deed({ do: "createImage", server: "w", name: "backup" });
    lab.world.clock.advance(30_000);
    expect(lab.imageId("backup")).not.toBe("");
    await deed({ do: "deleteImage", image: "backup" });
    expect(lab.imageId("backup")).toBe("");
    const volume = await lab.volume({ size: 1 });
    const base = `/volume/v3/${lab.world.identity.project("demo").id}`;
    const snapshot = { volume_id: volume.id, name: "s" };
    await lab.call("POST", `${base}/snapshots`, { snapshot });
    lab.world.clock.advance(5_000);
    await deed({ do: "deleteSnapshot", snapshot: "s" });
    expect(lab.world.volumes.snapshots()).toEqual([]);
  });

  it("has images of another project that look like ours", async () => {
    const tags = ["hotstack", "snap_id=abc"];
    await deed({ do: "imitate", name: "hotstack-w-snapshot-abc", tags });
    lab.world.somebody.imitate({ name: "seen", tags }, true);
    const { body } = await lab.get("/image/v2/images?tag=hotstack");
    expect((body.images as { name: string }[]).map(({ name }) => name)).toEqual(["seen"]);
    expect(lab.imageId("hotstack-w-snapshot-abc")).not.toBe("");
  });

  it("is refused what Nova refuses, and what is not there", async () => {
    const busy = await deed({ do: "start", server: "w" });
    expect([busy.status, busy.body]).toEqual([
      409,
      { error: `Cannot 'start' instance ${server} while it is in vm_state active` },
    ]);
    const missing = await deed({ do: "stop", server: "x" });
    expect([missing.status, missing.body]).toEqual([404, { error: "there is no server x" }]);
    expect((await deed({ do: "dance" })).status).toBe(400);
  });

  it("sees quotas and settings change while the world runs", async () => {
    await lab.call("PUT", "/sandbox/quotas", { snapshots: 3 });
    await lab.call("PUT", "/sandbox/quotas", { gigabytes: 9 });
    expect((await lab.get("/sandbox/quotas")).body).toEqual({ snapshots: 3, gigabytes: 9 });
    await lab.call("PUT", "/sandbox/settings", { imageMs: 5_000 });
    expect((await lab.get("/sandbox/settings")).body).toEqual({
      imageMs: 5_000,
      imageMsOf: {},
      snapshotsPerHost: 5,
    });
    expect((await lab.call("PUT", "/sandbox/settings", { imageMs: -1 })).status).toBe(400);
  });
});
