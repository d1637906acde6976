/* eslint-disable @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-return -- raw answers are what is tested */
import { statSync } from "node:fs";
import { BareMetalLab, faultOf } from "../../BareMetalLab";

describe("deploying an image to a bare-metal node", () => {
  let lab: BareMetalLab;
  afterEach(() => lab.close());

  const source = (id: string, node = "bm-1") =>
    lab.send("PATCH", `/nodes/${node}`, [
      { op: "add", path: "/instance_info/image_source", value: id },
    ]);
  const open = async () => {
    lab = await BareMetalLab.open([
      { name: "bm-0", image: "hotstack-controller", macs: ["52:54:00:00:00:0a"] },
      { name: "bm-1", macs: ["52:54:00:00:00:1a", "52:54:00:00:00:1b"], disks: [{ sizeGib: 10 }] },
    ]);
  };
  const captured = async () => {
    const image = await lab.beginSnapshot();
    await lab.settled("active");
    return image;
  };

  it('"the same image can be applied to another machine": its disk remembers, its MACs are its own', async () => {
    await open();
    const image = await captured();
    await source(image);
    expect((await lab.provision("bm-1", "active")).status).toBe(202);
    const seen: string[] = [];
    await lab.until(
      () => {
        if (seen.at(-1) !== lab.state("bm-1")) seen.push(lab.state("bm-1"));
        return lab.state("bm-1") === "active";
      },
      "the deployment",
      () => seen.join(),
    );
    expect(seen).toEqual(["deploying", "wait call-back", "deploying", "active"]);
    lab.world.clock.advance(20_000);
    const guest = lab.machine("bm-1").guest;
    expect(guest?.state).toBe("running");
    // Booted once before the snapshot; its own boot is the second of this disk.
    expect(guest?.disk.content.bootCount).toBe(2);
    const marker = "/var/lib/snapset-marker";
    expect(guest?.disk.content.files[marker]).toBe(
      lab.machine("bm-0").guest?.disk.content.files[marker],
    );
    expect(guest?.console[0]).toBe(
      "oscloud: BOOT name=bm-0 count=2 macs=52:54:00:00:00:1a 52:54:00:00:00:1b ",
    );
    const { body } = await lab.get("/ports?node=bm-1");
    expect(body.ports.map((port: { address: string }) => port.address)).toEqual([
      "52:54:00:00:00:1a",
      "52:54:00:00:00:1b",
    ]);
  });

  it('"build a master image …, capture the system into an image and apply to other similar machines"', async () => {
    const machines = ["bm-1", "bm-2", "bm-3"];
    lab = await BareMetalLab.open([
      { name: "bm-0", image: "hotstack-controller" },
      ...machines.map((name) => ({ name })),
    ]);
    const guest = lab.machine().guest;
    if (guest !== undefined) guest.disk.content.files["/etc/customized"] = "yes";
    const image = await captured();
    for (const name of machines) {
      await source(image, name);
      await lab.provision(name, "active");
    }
    for (const name of machines) {
      await lab.settled("active", name);
      expect(lab.disk(name).read()?.files["/etc/customized"]).toBe("yes");
    }
  });

  it("takes what was uploaded to Glance, byte by byte, and gives it back", async () => {
    await open();
    const image = await captured();
    const bytes = lab.image(image).bytes ?? Buffer.alloc(0);
    const token = lab.world.identity.logInAs("demo").id;
    const url = `${lab.lab.sandbox.url}/image/v2/images`;
    const copy = await lab.holder({ name: "copy" });
    const put = await fetch(`${url}/${copy}/file`, {
      method: "PUT",
      headers: { "x-auth-token": token, "content-type": "application/octet-stream" },
      body: new Uint8Array(bytes),
    });
    expect(put.status).toBe(204);
    const got = await fetch(`${url}/${copy}/file`, { headers: { "x-auth-token": token } });
    expect(Buffer.from(await got.arrayBuffer()).equals(bytes)).toBe(true);
    const views = await Promise.all(
      [image, copy].map(async (id) => (await lab.lab.get(`/image/v2/images/${id}`)).body),
    );
    for (const field of ["size", "virtual_size", "checksum", "os_hash_value"]) {
      expect(views[1][field]).toBe(views[0][field]);
    }
    await source(copy);
    await lab.provision("bm-1", "active");
    await lab.settled("active", "bm-1");
    lab.world.clock.advance(20_000);
    expect(lab.bootCount("bm-1")).toBe(2);
  });

  it("writes one of the sandbox's own images, and a raw one", async () => {
    await open();
    await source(lab.lab.imageId("ipxe-boot-usb"));
    await lab.provision("bm-1", "active");
    await lab.settled("active", "bm-1");
    lab.world.clock.advance(20_000);
    expect(lab.bootCount("bm-1")).toBe(1);
    const raw = await lab.holder({ name: "raw", disk_format: "raw" });
    const disk = Buffer.alloc(2 * 2 ** 20, "d");
    lab.world.images.setBytes(lab.image(raw), disk);
    await source(raw);
    expect((await lab.provision("bm-1", "rebuild")).status).toBe(202);
    await lab.settled("active", "bm-1");
    expect(statSync(lab.disk("bm-1").path).size).toBe(10 * 2 ** 30);
    expect(lab.disk("bm-1").allocatedBytes).toBe(disk.length);
    expect(lab.disk("bm-1").read()).toBeUndefined();
  });

  it("is undeployed: deleting, cleaning, and available with an empty disk", async () => {
    await open();
    expect(lab.disk().allocatedBytes).toBeGreaterThan(0);
    await lab.provision("bm-0", "deleted");
    expect(lab.state()).toBe("deleting");
    await lab.settled("available");
    expect([lab.disk().allocatedBytes, lab.machine().guest]).toEqual([0, undefined]);
    const { body } = await lab.get("/nodes/bm-0");
    expect([body.instance_info, body.power_state]).toEqual([{}, "power off"]);
    expect(lab.world.bareMetal.ports()[0]?.address).toBe("52:54:00:00:00:0a");
  });

  it("needs an image that is there, active, and no larger than the disk", async () => {
    await open();
    const none = await lab.provision("bm-1", "active");
    expect([none.status, faultOf(none)]).toEqual([
      400,
      expect.stringContaining("Missing are: ['image_source']"),
    ]);
    const fails = async (id: string) => {
      await source(id);
      const target = lab.state("bm-1") === "available" ? "active" : "rebuild";
      expect((await lab.provision("bm-1", target)).status).toBe(202);
      await lab.settled("deploy failed", "bm-1");
      return lab.node("bm-1").lastError;
    };
    const queued = await lab.holder();
    expect(await fails(queued)).toBe(`Failed to deploy: Image ${queued} is queued, not active.`);
    expect(await fails("gone")).toBe("Failed to deploy: Image gone could not be found.");
    const big = await captured();
    const header = Buffer.from(lab.image(big).bytes ?? "");
    header.writeBigUInt64BE(BigInt(11 * 2 ** 30), 24);
    lab.image(big).bytes = header;
    expect(await fails(big)).toMatch(
      /^Failed to deploy: (The image needs 11811160064 bytes|qemu-img)/,
    );
  });

  it("fails when the ramdisk never calls, and can be tried again", async () => {
    await open();
    lab.world.faults.add({
      match: { action: "deploy", name: "bm-1", nth: 1 },
      then: { effect: "ramdiskSilent" },
    });
    await source(lab.lab.imageId("ipxe-boot-usb"));
    await lab.provision("bm-1", "active");
    await lab.settled("deploy failed", "bm-1");
    expect(lab.node("bm-1").lastError).toMatch(/^Timeout reached while waiting for callback/);
    await lab.provision("bm-1", "active");
    await lab.settled("active", "bm-1");
  });

  it.each(["deploy.netboot", "deploy.write_image"])(
    "fails when the conductor is restarted before %s",
    async (action) => {
      await open();
      lab.world.faults.add({ match: { action, nth: 1 }, then: { effect: "conductorRestarts" } });
      await source(lab.lab.imageId("ipxe-boot-usb"));
      await lab.provision("bm-1", "active");
      await lab.settled("deploy failed", "bm-1");
      expect(lab.node("bm-1").lastError).toBe(
        "The deploying state can't be resumed by conductor sandbox-conductor. Moving to fail state.",
      );
      expect((await lab.provision("bm-1", "deleted")).status).toBe(202);
      await lab.settled("available", "bm-1");
    },
  );

  it("is never where Nova puts a server", async () => {
    await open();
    const id = await lab.lab.boot("server");
    expect((await lab.lab.server(id)).status).toBe("ACTIVE");
    expect(lab.world.compute.servers.get(id)?.host).toBe("sandbox-host-0");
    expect(lab.state("bm-1")).toBe("available");
  });
});
