import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "../../openstack";
import { startSandbox, type Sandbox } from "../../sandbox";
import { describeMainLine } from "./mainLine";

jest.setTimeout(180_000);

let sandbox: Sandbox;
const directory = mkdtempSync(join(tmpdir(), "snapset-cloud-"));

afterAll(async () => {
  await sandbox.close();
  rmSync(directory, { recursive: true, force: true });
});

describeMainLine(async () => {
  sandbox = await startSandbox({ timeScale: 60 });
  const cloudsYaml = join(directory, "clouds.yaml");
  writeFileSync(cloudsYaml, sandbox.cloudsYaml());
  const env = { OS_CLIENT_CONFIG_FILE: cloudsYaml, OS_CLOUD: "sandbox" };
  return { env, client: await connect({ cloud: "sandbox", env }), guestDeadlineMs: 30_000 };
});
