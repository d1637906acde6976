import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startSandbox, type Sandbox } from "../../sandbox";
import { describeBareMetalContract } from "./baremetal";

const directory = mkdtempSync(join(tmpdir(), "contract-"));
const sandboxes: Sandbox[] = [];

describe.each([
  ["the sandbox", true],
  ["the sandbox without snapshots", false],
])("%s", (name, snapshots) => {
  describeBareMetalContract(name, async () => {
    const sandbox = await startSandbox({ bareMetal: { snapshots } });
    sandboxes.push(sandbox);
    const file = join(directory, `${sandboxes.length}.yaml`);
    writeFileSync(file, sandbox.cloudsYaml());
    const as = (cloud: string) => ({ OS_CLIENT_CONFIG_FILE: file, OS_CLOUD: cloud });
    return { admin: as("sandbox-admin"), member: as("sandbox") };
  });
});

afterAll(async () => {
  for (const sandbox of sandboxes) await sandbox.close();
  rmSync(directory, { recursive: true });
});
