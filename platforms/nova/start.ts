import { counted } from "../../common/counted";
import { listed } from "../../common/listed";
import { waitFor } from "../../common/wait";
import type { ServerView } from "../../snapset/capture/server";
import { stopRank } from "../../snapset/roles";
import type { Instance } from "../../snapset/snapsetData";
import type { Context } from "../context";
import { unlessConflict } from "../tolerate";
import { observeServers } from "./observe";

type Servers = ReadonlyMap<string, ServerView>;

/**
 * Starts servers, the controller first, and waits until they are ACTIVE. Those that have been
 * deleted meanwhile are passed over.
 *
 * @returns how it went, in words
 */
export async function startServers(
  instances: readonly Instance[],
  deadlineMs: number,
  context: Context,
): Promise<string> {
  if (instances.length === 0) return "no server had been stopped";
  const gone: string[] = [];
  for (const rank of [2, 1, 0]) {
    const group = instances.filter((instance) => stopRank(instance.role) === rank);
    if (group.length === 0) continue;
    const servers = await startAll(group, deadlineMs, context);
    gone.push(...group.filter(({ uuid }) => !servers.has(uuid)).map(({ name }) => name));
  }
  const started = instances.map(({ name }) => name).filter((name) => !gone.includes(name));
  const evidence = `${counted(started.length, "server")} ACTIVE again: ${listed(started)}`;
  return gone.length === 0 ? evidence : `${evidence}; deleted meanwhile: ${listed(gone)}`;
}

/** At each look it tells those to start that can be: Nova refuses to while another task runs. */
function startAll(
  group: readonly Instance[],
  deadlineMs: number,
  context: Context,
): Promise<Servers> {
  const isUp = (servers: Servers, uuid: string) => !servers.has(uuid) || isOn(servers.get(uuid));
  return waitFor<Servers>({
    what: `${listed(group.map(({ name }) => name))} to be ACTIVE`,
    observe: async () => {
      const servers = await observeServers(context, group);
      await Promise.all(
        group
          .filter(({ uuid }) => isStartable(servers.get(uuid)))
          .map(({ uuid }) => unlessConflict(context.cloud.compute.startServer(uuid))),
      );
      return servers;
    },
    isDone: (servers) => group.every(({ uuid }) => isUp(servers, uuid)),
    describe: (servers) => {
      const waiting = group.filter(({ uuid }) => !isUp(servers, uuid));
      return listed(waiting.map((it) => describe(it, servers.get(it.uuid))));
    },
    deadlineMs,
    intervalMs: 500,
    clock: context.clock,
    signal: context.signal,
    onProgress: (seen) => {
      context.report(`start: ${seen}`);
    },
  });
}

/** One that has been told to stop is ACTIVE until it is off. */
function isOn(server: ServerView | undefined): boolean {
  return server?.status === "ACTIVE" && server["OS-EXT-STS:task_state"] !== "powering-off";
}

function isStartable(server: ServerView | undefined): boolean {
  return server?.status === "SHUTOFF" && server["OS-EXT-STS:task_state"] === null;
}

function describe({ name }: Instance, server: ServerView | undefined): string {
  const task = server?.["OS-EXT-STS:task_state"] ?? null;
  return `${name} ${server?.status ?? "deleted"}${task === null ? "" : ` (${task})`}`;
}
