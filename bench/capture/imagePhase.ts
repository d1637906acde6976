import { randomBytes } from "node:crypto";
import { systemClock } from "../../common/clock";
import type { OpenJournal } from "../../platforms/capture/journal";
import { makeMembers } from "../../platforms/nova/makeMembers";
import { observeServers } from "../../platforms/nova/observe";
import type { Context } from "../../platforms/context";
import type { OpenStack } from "../../openstack";
import { anchorOf, type Member } from "../../snapset/capture/member";
import { freshProgress } from "../../snapset/capture/progress";
import { snapIdFrom } from "../../snapset/snapId";
import type { Instance } from "../../snapset/snapsetData";
import { timed } from "../statistics";
import { captureInputs } from "./captureInputs";

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
    clusterSecrets: {},
  };
  const snapId = snapIdFrom(randomBytes(6));
  const members = await membersOf(servers, snapId, context);
  const instances = members.map(({ instance }) => instance);
  const inputs = captureInputs(snapId, instances);
  const run = { journal: unkept(client), anchor: anchorOf(members).instance.name };
  const before = requestsOf(client);
  const { elapsedMs } = await timed(() => makeMembers(members, inputs, run, context));
  return { elapsedMs, requests: requestsOf(client) - before };
}

/** The guests have no network, which a preflight would refuse. */
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
  const capturedAt = context.cloud.now();
  return instances.map((instance) => {
    const server = views.get(instance.uuid);
    if (server === undefined) throw new Error(`server ${instance.name} is gone`);
    const { name: member, role, macAddress } = instance;
    const set = { snapId, environment: "bench", members: servers.length, capturedAt };
    return {
      instance,
      identity: { ...set, member, role, macAddresses: [macAddress] },
      server,
      volumes: [],
      flavor: null,
      shutdownTimeoutMs: 60_000,
      guestAgent: "none",
      leftOut: [],
    };
  });
}

/** The image phase alone begins nothing that a journal would have to remember. */
function unkept(client: OpenStack): OpenJournal {
  return {
    isFound: false,
    progress: freshProgress(client.now()),
    save: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

function requestsOf({ requests }: OpenStack): number {
  return Object.values(requests).reduce((sum, count) => sum + count, 0);
}
