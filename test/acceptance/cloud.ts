import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { systemClock } from "../../common/clock";
import { waitFor } from "../../common/wait";
import type { OpenStack } from "../../openstack";
import { PulumiProject } from "../../sandbox/pulumiProject";
import { pulumiEnvironment } from "../../toolchain/environment";

/** A cloud that the acceptance suite runs on: the sandbox, or a real one. */
export interface AcceptanceCloud {
  client: OpenStack;
  /** `OS_CLOUD`, and where its clouds.yaml is. */
  env: Record<string, string>;
  /** How patient to be with guests. */
  guestDeadlineMs: number;
}

const root = resolve(__dirname, "../..");

/** The project with a backend of its own, which ends with the test. */
export function acceptanceProject(env: Record<string, string>): {
  project: PulumiProject;
  directory: string;
  remove: () => void;
} {
  const directory = mkdtempSync(join(tmpdir(), "snapset-acceptance-"));
  const project = new PulumiProject(root, directory, { ...pulumiEnvironment(root), ...env });
  const remove = (): void => {
    rmSync(directory, { recursive: true, force: true });
  };
  return { project, directory, remove };
}

/** Where a server is to be found on the network. */
export interface Address {
  mac: string;
  ip: string;
}

/** The first port of each server of `snapset_data`, as Neutron has it. */
export async function addressesOf(
  client: OpenStack,
  snapsetData: { instances: Record<string, { uuid: string }> },
): Promise<Record<string, Address>> {
  const entries = Object.entries(snapsetData.instances).map(async ([name, { uuid }]) => {
    const [port] = await client.network.listPorts({ device_id: uuid });
    return [name, { mac: port?.mac_address ?? "", ip: port?.fixed_ips[0]?.ip_address ?? "" }];
  });
  return Object.fromEntries(await Promise.all(entries)) as Record<string, Address>;
}

/** What a guest says of its disk once it is up: how often it has been booted. */
export async function bootCountOf(cloud: AcceptanceCloud, serverId: string): Promise<number> {
  const console = await waitFor({
    what: `the guest of ${serverId} to be up`,
    observe: () => cloud.client.compute.showConsoleOutput(serverId, 200),
    isDone: (text) => text.includes("READY"),
    describe: (text) => text.split("\n").slice(-3).join(" | "),
    deadlineMs: cloud.guestDeadlineMs,
    clock: systemClock,
  });
  return Number(/BOOT name=\S* count=(\d+)/.exec(console)?.[1]);
}
