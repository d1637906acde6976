import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { startSandbox, type Sandbox } from "../../sandbox";

const run = promisify(execFile);
const cli = "/usr/bin/openstack";
const describeWithCli = existsSync(cli) ? describe : describe.skip;

// Each call of the command line starts a Python of a second or more.
jest.setTimeout(120_000);

describeWithCli(`the openstack command line (skipped where there is no ${cli})`, () => {
  let sandbox: Sandbox;
  let directory: string;

  beforeAll(async () => {
    sandbox = await startSandbox({ timeScale: 1000 });
    directory = mkdtempSync(join(tmpdir(), "snapset-cli-"));
    writeFileSync(join(directory, "clouds.yaml"), sandbox.cloudsYaml());
  });
  afterAll(async () => {
    await sandbox.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const openstack = async (...words: string[]): Promise<string> => {
    const env = {
      PATH: "/usr/bin:/bin",
      HOME: directory,
      OS_CLIENT_CONFIG_FILE: join(directory, "clouds.yaml"),
      OS_CLOUD: "sandbox",
    };
    return (await run(cli, words, { env })).stdout.trim();
  };
  const value = (column: string) => ["-f", "value", "-c", column];

  it("boots a server on a port with a fixed MAC, stops it, images it and deletes it", async () => {
    await openstack("network", "create", "machine");
    const range = ["--subnet-range", "192.168.32.0/24"];
    await openstack("subnet", "create", "--network", "machine", ...range, "machine-subnet");
    const fixed = ["--mac-address", "fa:16:9e:81:f6:05", "--fixed-ip", "ip-address=192.168.32.254"];
    await openstack("port", "create", "--network", "machine", ...fixed, "p1");
    const image = ["--flavor", "hotstack.small", "--image", "hotstack-controller"];
    const made = ["server", "create", ...image, "--port", "p1", "--wait", "controller"];
    expect(await openstack(...made, ...value("status"))).toBe("ACTIVE");
    expect(await openstack("server", "list", ...value("Networks"))).toBe(
      "{'machine': ['192.168.32.254']}",
    );
    expect(await openstack("console", "log", "show", "controller")).toContain(
      "oscloud: BOOT name=controller count=1 macs=fa:16:9e:81:f6:05",
    );
    await openstack("server", "stop", "controller");
    await openstack("server", "image", "create", "--name", "snap", "--wait", "controller");
    await openstack("image", "set", "--tag", "hotstack-snapset", "snap");
    const tagged = ["image", "list", "--tag", "hotstack-snapset"];
    expect(await openstack(...tagged, ...value("Name"))).toBe("snap");
    await openstack("server", "delete", "--wait", "controller");
    await openstack("image", "delete", "snap");
    expect(await openstack("server", "list", ...value("Name"))).toBe("");
    expect(await openstack(...tagged, ...value("Name"))).toBe("");
  });
});
