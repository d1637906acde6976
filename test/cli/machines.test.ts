import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { main } from "../../cli/main";
import { KubeVirtLab } from "../../sandbox/KubeVirtLab";
import { Application } from "../acceptance/kubevirt/Application";

describe("the command, of virtual machines", () => {
  let on: KubeVirtLab;
  let app: Application;
  let directory: string;

  const run = async (...args: string[]) => {
    const said = { out: "", err: "" };
    const code = await main(args, {
      env: {},
      cwd: directory,
      clock: on.clock,
      out: (text) => {
        said.out += text;
      },
      err: (text) => {
        said.err += text;
      },
    });
    return { code, ...said };
  };
  const there = ["--kubeconfig", "kubeconfig", "--namespace", "default"];

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), "snapset-cli-"));
    on = await new KubeVirtLab().open();
    writeFileSync(join(directory, "kubeconfig"), on.kubeconfig);
    app = await Application.start(on, { description: "before the upgrade" });
    await app.capture({ consistency: "quiesce" });
    await app.snapshotByHand(app.db, "my-vmsnapshot");
    await on.until("it to be ready", async () => {
      const found = await on.find("virtualmachinesnapshots", "my-vmsnapshot");
      if ((found?.status as { readyToUse?: boolean }).readyToUse !== true) throw new Error("no");
    });
  });
  afterAll(async () => {
    rmSync(directory, { recursive: true });
    await on.close();
  });

  test("lists the sets of a namespace", async () => {
    const { code, out } = await run("list", ...there);
    expect(code).toBe(0);
    const [headings, row, ...others] = out.trimEnd().split("\n");
    expect(headings).toMatch(/^SNAP_ID +ENVIRONMENT +CAPTURED AT +MEMBERS/);
    expect(row).toMatch(new RegExp(`^${app.snapId} +parksmap .* 2 +21 GB .* complete$`));
    expect(others).toEqual([]);
  });

  test("list all snapshots attached to a specific VM: those that are no set's are marked", async () => {
    const { code, out } = await run("list", "--vm", app.db, ...there);
    expect(code).toBe(0);
    const [headings, newest, oldest, ...others] = out.trimEnd().split("\n");
    expect(headings).toMatch(/^NAME +SET +CREATED AT +STATUS +INDICATIONS +DISKS +DESCRIPTION$/);
    expect(newest).toMatch(/^my-vmsnapshot +\(not ours\) .* ready +GuestAgent Online/);
    expect(oldest).toMatch(
      new RegExp(
        `^${app.db}-snapshot-[0-9a-f]{12} +${app.snapId} .* ready +GuestAgent Online .* ` +
          "rootdisk without cloudinitdisk +before the upgrade$",
      ),
    );
    expect(others).toEqual([]);
    const json = await run("list", "--json", "--vm", app.db, ...there);
    expect(JSON.parse(json.out)).toMatchObject([
      { name: "my-vmsnapshot", snapId: null, isReady: true },
      { snapId: app.snapId, disks: { included: ["rootdisk"], excluded: ["cloudinitdisk"] } },
    ]);
  });

  test("the conditions under which the snapshot was taken are reflected in the indications that are displayed in the CLI", async () => {
    const { out } = await run("show", app.snapId, ...there);
    expect(out).toContain("running (Online, GuestAgent, PartialSnapshot)");
    expect(out).toMatch(/rootdisk .* include .* available/);
    expect(out).toContain("frozen together at");
  });

  test("a set of virtual machines is a namespace's, and of no project", async () => {
    const { out } = await run("show", app.snapId, ...there);
    expect(out).toContain("\nnamespace    default\n");
    expect(out).not.toContain("project");
    const json = await run("show", "--json", app.snapId, ...there);
    expect(JSON.parse(json.out)).toMatchObject([{ namespace: "default", project: null }]);
  });

  test("latest prints the newest set's snap_id", async () => {
    expect(await run("latest", ...there)).toEqual({ code: 0, out: `${app.snapId}\n`, err: "" });
  });

  test("options that need each other are asked for", async () => {
    expect((await run("list", "--namespace", "default")).err).toBe(
      "snapset: --namespace: needs --kubeconfig\n",
    );
    expect((await run("list", "--vm", "x")).err).toBe(
      "snapset: --vm: needs --kubeconfig and --namespace\n",
    );
  });
});
