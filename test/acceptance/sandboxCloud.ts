import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "../../openstack";
import { startSandbox, type Sandbox, type SandboxOptions } from "../../sandbox";
import type { AcceptanceCloud } from "./cloud";

/** A sandbox of the test's own as the cloud; it ends with the test. */
export async function sandboxCloud(
  options: SandboxOptions = { timeScale: 60 },
): Promise<{ cloud: AcceptanceCloud; sandbox: Sandbox; close: () => Promise<void> }> {
  const sandbox = await startSandbox(options);
  const directory = mkdtempSync(join(tmpdir(), "snapset-cloud-"));
  const cloudsYaml = join(directory, "clouds.yaml");
  writeFileSync(cloudsYaml, sandbox.cloudsYaml());
  const env = { OS_CLIENT_CONFIG_FILE: cloudsYaml, OS_CLOUD: "sandbox" };
  const client = await connect({ cloud: "sandbox", env });
  return {
    cloud: { env, client, guestDeadlineMs: 30_000 },
    sandbox,
    close: async () => {
      await client.close();
      await sandbox.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
