import { eachBounded, parallelRequests } from "../../common/eachBounded";
import { listed } from "../../common/listed";
import { waitFor } from "../../common/wait";
import type { Member } from "../../snapset/capture/member";
import type { Instance } from "../../snapset/snapsetData";
import type { ServerView } from "../../snapset/capture/server";
import { judgeStop } from "../../snapset/capture/stopEvidence";
import { stopRank } from "../../snapset/roles";
import type { Context } from "../context";
import type { OpenJournal } from "../capture/journal";
import { unlessConflict } from "../tolerate";
import { observeServers } from "./observe";

/**
 * Stops what runs, the controller last, and proves that everything is SHUTOFF. Who is stopped
 * stands in the journal before it is told to.
 *
 * @param begun members whose image an interrupted run has begun: that task may go on
 * @returns how it went, in words
 */
export async function stopServers(
  members: readonly Member[],
  begun: ReadonlySet<string>,
  deadlineMs: number,
  journal: OpenJournal,
  context: Context,
): Promise<string> {
  const told: Member[] = [];
  for (const rank of [0, 1, 2]) {
    const group = members.filter((member) => stopRank(member.instance.role) === rank);
    if (group.length === 0) continue;
    const servers = await observeServers(context, instancesOf(group));
    const running = group.filter(({ instance }) => isOn(servers.get(instance.uuid)));
    await stopGroup(running, journal, context);
    told.push(...running);
    await waitUntilShutOff(
      instancesOf(group),
      begun,
      deadlineMs,
      context,
      timer(running, journal, context),
    );
  }
  // A server that was started meanwhile would be imaged while it runs.
  await waitUntilShutOff(instancesOf(members), begun, deadlineMs, context);
  if (told.length === 0) return `all ${members.length} servers were SHUTOFF already`;
  await journal.save();
  const forced = told.filter(({ instance: { name } }) => isForced(name, journal));
  if (forced.length > 0) context.warn(forcedWarning(forced));
  return `${members.length} servers SHUTOFF, of which stopped: ${listed(told.map((member) => outcome(member, journal)))}`;
}

/** Waits until every server is SHUTOFF with no task running but that of its own image. */
export async function waitUntilShutOff(
  instances: readonly Instance[],
  begun: ReadonlySet<string>,
  deadlineMs: number,
  context: Context,
  onSeen: (servers: ReadonlyMap<string, ServerView>) => void = () => undefined,
): Promise<void> {
  await waitFor({
    what: `${listed(instances.map(({ name }) => name))} to be SHUTOFF`,
    observe: async () => {
      const servers = await observeServers(context, instances);
      onSeen(servers);
      return servers;
    },
    isDone: (servers) =>
      instances.every(({ name, uuid }) => isDown(servers.get(uuid), begun.has(name))),
    describe: (servers) =>
      instances
        .filter(({ name, uuid }) => !isDown(servers.get(uuid), begun.has(name)))
        .slice(0, 5)
        .map(({ name, uuid }) => `${name} ${servers.get(uuid)?.status ?? "not found"}`)
        .join(", "),
    deadlineMs,
    intervalMs: 250,
    clock: context.clock,
    signal: context.signal,
    onProgress: (seen) => {
      context.report(`stop: ${seen}`);
    },
  });
}

function isOn(server: ServerView | undefined): boolean {
  return server !== undefined && server.status !== "SHUTOFF";
}

function isDown(server: ServerView | undefined, isBegun: boolean): boolean {
  const task = server?.["OS-EXT-STS:task_state"];
  if (server?.status !== "SHUTOFF" || task === undefined) return false;
  return task === null || (isBegun && task.startsWith("image_"));
}

async function stopGroup(
  running: readonly Member[],
  journal: OpenJournal,
  context: Context,
): Promise<void> {
  if (running.length === 0) return;
  for (const { instance } of running) {
    journal.progress.stopped[instance.name] ??= { stop: "stopped", seconds: null };
  }
  await journal.save();
  // What is done about a failure must not meet a server that is told to stop only then.
  await eachBounded(running, parallelRequests, (member) => stop(member, context));
}

/** One that went down by itself in between is no failure. */
function stop({ instance }: Member, { cloud }: Context): Promise<void> {
  return unlessConflict(cloud.compute.stopServer(instance.uuid));
}

/** Notes of each server how long it took from now until it is first seen SHUTOFF, in the cloud's time. */
function timer(running: readonly Member[], { progress }: OpenJournal, { cloud }: Context) {
  const told = cloud.now().getTime();
  const waiting = new Set(running);
  return (servers: ReadonlyMap<string, ServerView>): void => {
    for (const member of waiting) {
      if (!isDown(servers.get(member.instance.uuid), false)) continue;
      waiting.delete(member);
      const seconds = Math.max(0, cloud.now().getTime() - told) / 1000;
      progress.stopped[member.instance.name] = judgeStop(seconds, member.shutdownTimeoutMs);
    }
  };
}

function isForced(name: string, { progress }: OpenJournal): boolean {
  return progress.stopped[name]?.stop === "forced";
}

function forcedWarning(forced: readonly Member[]): string {
  const names = listed(forced.map((member) => member.instance.name));
  return `${names} did not answer the power button, so Nova pulled the plug: its disk is as after a power cut`;
}

function outcome({ instance: { name } }: Member, { progress }: OpenJournal): string {
  const { stop, seconds } = progress.stopped[name] ?? { stop: "stopped", seconds: null };
  return seconds === null ? `${name} (${stop})` : `${name} (${stop}, ${seconds.toFixed(0)} s)`;
}

function instancesOf(members: readonly Member[]) {
  return members.map((member) => member.instance);
}
