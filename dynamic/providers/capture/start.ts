import { waitFor } from "../../../common/wait";
import { isConflict } from "../../../openstack";
import { stopRank } from "../../../snapset/roles";
import type { Instance } from "../../../snapset/snapsetData";
import type { Context } from "../context";
import { observeServers } from "./observe";

/** Starts servers, the controller first, and waits until they are ACTIVE. */
export async function startServers(
  instances: readonly Instance[],
  deadlineMs: number,
  context: Context,
): Promise<string> {
  for (const rank of [2, 1, 0]) {
    const group = instances.filter((instance) => stopRank(instance.role) === rank);
    if (group.length === 0) continue;
    await Promise.all(group.map((instance) => start(instance, context)));
    await waitUntilActive(group, deadlineMs, context);
  }
  return `${instances.length} servers ACTIVE again: ${instances.map(({ name }) => name).join(", ")}`;
}

async function waitUntilActive(
  group: readonly Instance[],
  deadlineMs: number,
  context: Context,
): Promise<void> {
  await waitFor({
    what: `${group.map(({ name }) => name).join(", ")} to be ACTIVE`,
    observe: () => observeServers(context, group),
    isDone: (servers) => group.every(({ uuid }) => servers.get(uuid)?.status === "ACTIVE"),
    describe: (servers) =>
      group
        .map(({ name, uuid }) => `${name} ${servers.get(uuid)?.status ?? "not found"}`)
        .join(", "),
    deadlineMs,
    intervalMs: 500,
    clock: context.clock,
    signal: context.signal,
    onProgress: (seen) => {
      context.report(`start: ${seen}`);
    },
  });
}

/** Nova answers 409 to starting a server that runs already. */
async function start(instance: Instance, { cloud }: Context): Promise<void> {
  try {
    await cloud.compute.startServer(instance.uuid);
  } catch (error) {
    if (!isConflict(error)) throw error;
  }
}
