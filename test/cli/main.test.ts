/* eslint-disable @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-member-access -- the set is made by raw calls */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { main } from "../../cli/main";
import { tagsOf } from "../../snapset/identity";
import { manifestOf } from "../snapset/arbitraries";
import { Lab } from "../sandbox/client";

interface Said {
  code: number;
  out: string;
  err: string;
}

/** A cloud with sets, and the command as a user of it runs it. */
class Desk {
  private constructor(
    readonly lab: Lab,
    private readonly directory: string,
  ) {}

  static async open(): Promise<Desk> {
    const lab = await Lab.open();
    const directory = mkdtempSync(join(tmpdir(), "snapset-cli-"));
    writeFileSync(join(directory, "clouds.yaml"), lab.sandbox.cloudsYaml());
    return new Desk(lab, directory);
  }

  get env(): Record<string, string> {
    return { OS_CLIENT_CONFIG_FILE: join(this.directory, "clouds.yaml"), OS_CLOUD: "sandbox" };
  }

  async run(...args: string[]): Promise<Said> {
    const said = { out: "", err: "" };
    const code = await main(args, {
      env: this.env,
      cwd: this.directory,
      clock: this.lab.world.clock,
      out: (text) => {
        said.out += text;
      },
      err: (text) => {
        said.err += text;
      },
    });
    return { code, ...said };
  }

  /** Images two servers as a capture does, and commits the set or not. @returns the image ids */
  async capture(snapId: string, { committed = true } = {}): Promise<string[]> {
    const names = ["controller", "master0"] as const;
    const ids: string[] = [];
    for (const name of names) {
      const server = await this.lab.boot(name);
      await this.lab.action(server, "os-stop");
      this.lab.world.clock.advance(120_000);
      const metadata = { snapset_id: snapId, snapset_member: name, snapset_manifest: "" };
      const made = await this.lab.action(server, "createImage", { name, metadata });
      this.lab.world.clock.advance(600_000);
      ids.push(made.body.image_id as string);
    }
    const images = await Promise.all(ids.map((id) => this.lab.get(`/image/v2/images/${id}`)));
    const manifest = manifestOf(snapId, { capturedAt: this.lab.world.clock.now().toISOString() });
    manifest.members.forEach((member, i) => {
      const { os_hash_value: hashValue, size: sizeBytes } = images[i]?.body ?? {};
      Object.assign(member, { imageId: ids[i], hashValue, sizeBytes });
    });
    for (const [i, name] of names.entries()) {
      const role = name === "controller" ? name : "ocp_master";
      const tags = tagsOf({
        snapId,
        environment: "lab",
        member: name,
        role,
        members: 2,
        macAddresses: manifest.members[i]?.macAddresses ?? [],
        capturedAt: new Date(manifest.capturedAt),
      });
      const patched = await this.lab.patchImage(ids[i] ?? "", [
        { op: "replace", path: "/tags", value: tags },
        ...(committed && i === 0
          ? [{ op: "replace", path: "/snapset_manifest", value: JSON.stringify(manifest) }]
          : []),
      ]);
      if (patched.status !== 200) throw new Error(JSON.stringify(patched.body));
    }
    return ids;
  }

  async close(): Promise<void> {
    await this.lab.close();
    rmSync(this.directory, { recursive: true });
  }
}

describe("snapset", () => {
  let desk: Desk;
  beforeEach(async () => {
    desk = await Desk.open();
  });
  afterEach(() => desk.close());

  it("lists nothing where there is nothing", async () => {
    expect(await desk.run("list")).toEqual({ code: 0, out: "There are no sets.\n", err: "" });
  });

  it("lists the newest set first, and says what is wrong with one", async () => {
    await desk.capture("first000");
    await desk.capture("second00", { committed: false });
    const { code, out, err } = await desk.run("list");
    const rows = out.trimEnd().split("\n");
    expect([code, err, rows.length]).toEqual([0, "", 3]);
    expect(rows[1]).toMatch(
      /^second00 +- .* it was never committed: no image of it carries a manifest$/,
    );
    expect(rows[2]).toMatch(
      /^first000 +lab +2026-01-05 08:\d\d:\d\dZ +2 +32 MB +2026-12-20 10:00:00Z +complete$/,
    );
  });

  it("prints the same as JSON", async () => {
    const [controller] = await desk.capture("first000");
    const listed = await desk.run("list", "--json");
    const sets = JSON.parse(listed.out);
    expect(sets).toHaveLength(1);
    expect(sets[0]).toMatchObject({
      snapId: "first000",
      environment: "lab",
      state: "complete",
      problems: [],
      members: [{ name: "controller", imageId: controller, imageStatus: "active" }, {}],
    });
    expect(await desk.run("show", "first000", "--json")).toEqual(listed);
  });

  it("shows a set, also one whose id begins with a dash", async () => {
    await desk.capture("-hot0000");
    const { code, out, err } = await desk.run("show", "-hot0000");
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/^snap_id {6}-hot0000\nenvironment {2}lab\n/);
  });

  it("shows a set of which an image is gone", async () => {
    const [, master = ""] = await desk.capture("first000");
    await desk.lab.call("DELETE", `/image/v2/images/${master}`);
    const { code, out } = await desk.run("show", "first000");
    expect(code).toBe(0);
    expect(out).toContain(`It cannot be restored\n  - member master0: image ${master} is gone\n`);
  });

  it("says which sets there are when there is no such one", async () => {
    await desk.capture("first000");
    expect(await desk.run("show", "nope0000")).toEqual({
      code: 1,
      out: "",
      err: "snapset: snapId: there is no set nope0000; there is first000\n",
    });
  });

  it("prints the snap_id of the latest set that can be restored, and nothing else", async () => {
    await desk.capture("first000");
    await desk.capture("second00", { committed: false });
    expect(await desk.run("latest")).toEqual({ code: 0, out: "first000\n", err: "" });
    expect((await desk.run("show", "latest")).out).toMatch(/^snap_id {6}first000\n/);
  });

  it("prints nothing on the standard output where there is no latest", async () => {
    await desk.capture("half0000", { committed: false });
    expect(await desk.run("latest")).toEqual({
      code: 1,
      out: "",
      err: [
        "snapset: snapId: 2 problems",
        "  - latest: there is no set that can be restored",
        "  - set half0000: it was never committed: no image of it carries a manifest",
        "",
      ].join("\n"),
    });
  });

  it("looks at the cloud that is named, before or after the verb", async () => {
    await desk.capture("first000");
    const none = { code: 0, out: "There are no sets.\n", err: "" };
    expect(await desk.run("--os-cloud", "sandbox-other", "list")).toEqual(none);
    expect(await desk.run("list", "--os-cloud", "sandbox-other")).toEqual(none);
  });

  it.each([
    [
      ["--os-cloud", "nope", "list"],
      /^snapset: cloud `nope`: is not defined; clouds in \S+clouds\.yaml: sandbox, sandbox-admin, sandbox-other\n$/,
    ],
    [["show"], /^error: missing required argument 'snap_id'\n$/],
    [["list", "--jsn"], /^error: unknown option '--jsn'\n\(Did you mean --json\?\)\n$/],
    [["prune"], /^error: unknown command 'prune'\n$/],
  ])("ends with 1 and one message on bad input: %j", async (args, message) => {
    const { code, out, err } = await desk.run(...args);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(message);
  });

  it("tells an API's refusal without a stack", async () => {
    desk.lab.world.faults.add({ match: { action: "listImages" }, then: { status: 403 } });
    const { code, out, err } = await desk.run("list");
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(/^snapset: .*403/);
    expect(err).not.toMatch(/\n\s+at /);
  });

  it("runs as a program", () => {
    const program = resolve(__dirname, "../../cli/snapset.cjs");
    const env = { PATH: process.env["PATH"], OS_CLIENT_CONFIG_FILE: "/nonexistent/clouds.yaml" };
    const args = ["latest", "--os-cloud", "nope"];
    const run = spawnSync(program, args, { env, encoding: "utf8", cwd: tmpdir() });
    expect([run.status, run.stdout]).toEqual([1, ""]);
    expect(run.stderr).toMatch(/^snapset: cloud `nope`: is not defined; .*\n$/);
  });
});
