import { systemClock } from "../common/clock";
import { waitFor } from "../common/wait";
import { assessStability, type Cluster, type ReviveEvidence } from "../openshift";
import type { OpenStack } from "../openstack";

/** What a stack's outputs say of its servers. */
export interface SnapsetOutput {
  snapset_data: { instances: Record<string, { uuid: string; role: string; mac_address: string }> };
}

/** What the main job proves. */
export interface Proof {
  addresses: { name: string; mac: string; ip: string }[];
  cluster: ReviveEvidence | null;
}

/** MACs and addresses as Neutron has them, by name. */
export async function proveAddresses(
  client: OpenStack,
  { snapset_data }: SnapsetOutput,
): Promise<Proof["addresses"]> {
  const rows = Object.entries(snapset_data.instances).map(async ([name, { uuid }]) => {
    const ports = await client.network.listPorts({ device_id: uuid });
    return ports.map((port) => ({
      name,
      mac: port.mac_address,
      ip: port.fixed_ips.map((fixed) => fixed.ip_address).join(" "),
    }));
  });
  return (await Promise.all(rows)).flat();
}

/**
 * The guests' own words on their consoles: booted for the second time, with the marker that their
 * first boot left on the disk.
 *
 * @throws {Error} when a disk is not the one that was captured
 */
export async function proveDisks(
  client: OpenStack,
  { snapset_data }: SnapsetOutput,
): Promise<string[]> {
  const lines = Object.entries(snapset_data.instances).map(async ([name, { uuid }]) => {
    const text = await waitFor({
      what: `the guest of ${name} to be up`,
      observe: () => client.compute.showConsoleOutput(uuid, 100),
      isDone: (console) => console.includes("READY"),
      describe: (console) => console.slice(-100),
      deadlineMs: 120_000,
      clock: systemClock,
    });
    const count = Number(/BOOT name=\S* count=(\d+)/.exec(text)?.[1]);
    const marker = /MARKER (\S+)/.exec(text)?.[1];
    if (count !== 2 || marker === undefined) {
      throw new Error(`the disk of ${name} is not the captured one: ${text}`);
    }
    return `${name}: its disk remembers: boot ${count}, marker ${marker}`;
  });
  return Promise.all(lines);
}

/**
 * What the cluster says now, beside the evidence of its revive.
 *
 * @throws {Error} when a node is not schedulable, or an operator not stable or not fresh
 */
export async function proveCluster(
  cluster: Cluster,
  evidence: ReviveEvidence | null,
): Promise<string[]> {
  const [nodes, operators] = await Promise.all([
    cluster.listNodes(),
    cluster.listClusterOperators(),
  ]);
  const cordoned = nodes.filter((node) => node.spec?.unschedulable === true);
  const { stable, reasons } = assessStability(operators);
  const fresh = evidence?.freshness.operators.filter((it) => it.state === "fresh") ?? [];
  if (cordoned.length > 0 || !stable || fresh.length < operators.length) {
    const named = {
      cordoned: cordoned.map((it) => it.metadata.name),
      reasons,
      fresh: fresh.length,
    };
    throw new Error(`the cluster is not as it was: ${JSON.stringify(named)}`);
  }
  return [
    `nodes schedulable: ${nodes.map((node) => node.metadata.name).join(", ")}`,
    `${operators.length} operators stable, ${fresh.length} of them seen alive after this boot`,
  ];
}
