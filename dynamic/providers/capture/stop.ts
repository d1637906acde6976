import { waitFor } from "../../../common/wait";
import { isConflict } from "../../../openstack";
import type { Member } from "../../../snapset/preflight";
import { stopRank } from "../../../snapset/roles";
import type { Context } from "../context";
import { observeServers } from "./observe";

/**
 * Stops what runs, the controller last, and proves that everything is SHUTOFF.
 *
 * @param onStop called before a server is told to stop, so that it is known even if this fails
 * @returns how it went, in words
 */
export async function stopServers(
  members: readonly Member[],
  deadlineMs: number,
  context: Context,
  onStop: (member: string) => void,
): Promise<string> {
  const told: string[] = [];
  for (const rank of [0, 1, 2]) {
    const group = members.filter((member) => stopRank(member.instance.role) === rank);
    if (group.length === 0) continue;
    const servers = await observeServers(context, instancesOf(group));
    const running = group.filter(
      (member) => servers.get(member.instance.uuid)?.status !== "SHUTOFF",
    );
    running.forEach((member) => {
      onStop(member.instance.name);
    });
    await Promise.all(running.map((member) => stop(member, context)));
    told.push(...running.map((member) => member.instance.name));
    await waitUntilShutOff(group, deadlineMs, context);
  }
  // A server that was started meanwhile would be imaged while it runs.
  await waitUntilShutOff(members, deadlineMs, context);
  return told.length === 0
    ? `all ${members.length} servers were SHUTOFF already`
    : `${members.length} servers SHUTOFF, of which stopped: ${told.join(", ")}`;
}

/** Waits until every member is SHUTOFF with no task running. */
export async function waitUntilShutOff(
  members: readonly Member[],
  deadlineMs: number,
  context: Context,
): Promise<void> {
  const instances = instancesOf(members);
  await waitFor({
    what: `${members.map((member) => member.instance.name).join(", ")} to be SHUTOFF`,
    observe: () => observeServers(context, instances),
    isDone: (servers) =>
      instances.every(({ uuid }) => {
        const server = servers.get(uuid);
        return server?.status === "SHUTOFF" && server["OS-EXT-STS:task_state"] === null;
      }),
    describe: (servers) =>
      instances
        .map(({ name, uuid }) => `${name} ${servers.get(uuid)?.status ?? "not found"}`)
        .join(", "),
    deadlineMs,
    intervalMs: 500,
    clock: context.clock,
    signal: context.signal,
    onProgress: (seen) => {
      context.report(`stop: ${seen}`);
    },
  });
}

/** Nova answers 409 to stopping a server that went down by itself in between. */
async function stop(member: Member, { cloud }: Context): Promise<void> {
  try {
    await cloud.compute.stopServer(member.instance.uuid);
  } catch (error) {
    if (!isConflict(error)) throw error;
  }
}

function instancesOf(members: readonly Member[]) {
  return members.map((member) => member.instance);
}
