import { randomBytes } from "node:crypto";
import { systemClock } from "../../common/clock";
import { anchorOf } from "../../dynamic/providers/capture/commit";
import { imageMembers } from "../../dynamic/providers/capture/images";
import { observeServers } from "../../dynamic/providers/capture/observe";
import type { Context } from "../../dynamic/providers/context";
import type { OpenStack } from "../../openstack";
import type { Member } from "../../snapset/preflight";
import { snapIdFrom } from "../../snapset/snapId";
import type { Instance } from "../../snapset/snapsetData";
import { timed } from "../statistics";

const parallel = 16;
const deadlineMs = 600_000;

/** What the image phase of a capture took. */
export interface PhaseTime {
  elapsedMs: number;
  /** Requests to Nova and Glance that it made. */
  requests: number;
}

/** Runs the image phase of a capture, as a capture runs it, on servers that are shut off. */
export async function runImagePhase(
  client: OpenStack,
  servers: readonly { id: string; name: string }[],
  signal: AbortSignal,
): Promise<PhaseTime> {
  const context: Context = {
    cloud: client,
    clock: systemClock,
    signal,
    report: () => undefined,
    warn: () => undefined,
    kubeconfigContent: undefined,
  };
  const snapId = snapIdFrom(randomBytes(6));
  const members = await membersOf(servers, snapId, context);
  const anchor = anchorOf(members).instance.name;
  const before = requestsOf(client);
  const { elapsedMs } = await timed(() =>
    imageMembers(members, { snapId, parallel, deadlineMs, anchor, notAfter: null }, context),
  );
  return { elapsedMs, requests: requestsOf(client) - before };
}

async function membersOf(
  servers: readonly { id: string; name: string }[],
  snapId: string,
  context: Context,
): Promise<Member[]> {
  const instances = servers.map(({ id, name }, i): Instance => {
    const macAddress = `fa:16:9e:be:00:${i.toString(16).padStart(2, "0")}`;
    return { name, uuid: id, role: i === 0 ? "controller" : "compute", macAddress };
  });
  const views = await observeServers(context, instances);
  const capturedAt = context.clock.now();
  return instances.map((instance) => {
    const server = views.get(instance.uuid);
    if (server === undefined) throw new Error(`server ${instance.name} is gone`);
    const { name: member, role, macAddress } = instance;
    const macAddresses = [macAddress];
    const set = { snapId, environment: "bench", members: servers.length, capturedAt };
    return { instance, server, identity: { ...set, member, role, macAddresses } };
  });
}

function requestsOf({ requests }: OpenStack): number {
  return Object.values(requests).reduce((sum, count) => sum + count, 0);
}
