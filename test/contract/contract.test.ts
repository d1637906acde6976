import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "../../openstack";
import { startSandbox, type Sandbox } from "../../sandbox";
import { describeContract } from "./suite";

let sandbox: Sandbox | undefined;
const directory = mkdtempSync(join(tmpdir(), "contract-"));

describeContract("the sandbox", async () => {
  sandbox = await startSandbox();
  const file = join(directory, "clouds.yaml");
  writeFileSync(file, sandbox.cloudsYaml());
  const env = { OS_CLIENT_CONFIG_FILE: file, OS_CLOUD: "sandbox" };
  return { openStack: await connect({ env, cwd: directory, home: directory }), env };
});

afterAll(async () => {
  await sandbox?.close();
  rmSync(directory, { recursive: true });
});
