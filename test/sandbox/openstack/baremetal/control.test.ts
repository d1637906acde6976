/* eslint-disable @typescript-eslint/no-unsafe-member-access -- raw answers are what is tested */
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { BareMetalLab } from "../../BareMetalLab";

describe("a world's bare metal", () => {
  let lab: BareMetalLab;
  afterEach(() => lab.close());

  it("is nothing unless it is asked for, on no disk either", async () => {
    lab = await BareMetalLab.open([]);
    expect((await lab.get("/nodes")).body).toEqual({ nodes: [] });
    expect((await lab.lab.get("/sandbox/status")).body.bareMetal).toEqual([]);
  });

  it("is put up, told and looked at over the control API", async () => {
    lab = await BareMetalLab.open([]);
    const control = (method: string, path: string, body?: unknown) =>
      lab.lab.call(method, `/sandbox/${path}`, body);
    const node = { name: "bm-0", image: "hotstack-controller", disks: [{ sizeGib: 5 }] };
    expect((await control("POST", "bare-metal/nodes", node)).status).toBe(201);
    lab.world.clock.advance(20_000);
    expect((await lab.lab.get("/sandbox/status")).body.bareMetal).toEqual([
      {
        ...{ id: lab.node().uuid, name: "bm-0", provisionState: "active" },
        ...{ powerState: "power on", guest: "running", bootCount: 1 },
      },
    ]);
    const image = await lab.beginSnapshot();
    await lab.settled("snapshot wait");
    expect((await control("POST", "bare-metal/restart-conductor")).status).toBe(204);
    await lab.settled("active");
    expect(lab.image(image).status).toBe("active");
    await control("PUT", "bare-metal/settings", { snapshots: false });
    expect((await lab.get("/nodes")).status).toBe(406);
  });

  it("is not what does not fit", async () => {
    lab = await BareMetalLab.open([]);
    const enroll = (node: unknown) => lab.lab.call("POST", "/sandbox/bare-metal/nodes", node);
    const wrong = await enroll({ name: "bm-0", macs: ["nothing"], color: "red" });
    expect([wrong.status, wrong.body.error]).toEqual([
      400,
      expect.stringMatching(/Unrecognized key: "color"[^]*macs\[0\]|macs\[0\][^]*color/) as string,
    ]);
    const missing = await enroll({ name: "bm-0", image: "none" });
    expect([missing.status, missing.body.error]).toEqual([404, "There is no image none."]);
  });

  it("leaves nothing behind, also when it ends in the middle of a snapshot", async () => {
    lab = await BareMetalLab.open();
    const directory = dirname(dirname(lab.disk().path));
    expect(existsSync(directory)).toBe(true);
    await lab.beginSnapshot();
    await lab.until(
      () => lab.world.bareMetal.tasks.isBusy && lab.state() === "snapshotting",
      "the transfer",
      () => lab.state(),
    );
    await lab.close();
    expect(existsSync(directory)).toBe(false);
    lab = await BareMetalLab.open([]);
  });
});
