import { lengthProblems, type MemberIdentity } from "./identity";
import type { Instance } from "./snapsetData";

/** What of a Nova server decides whether it can be captured; field names are Nova's. */
export interface ServerView {
  id: string;
  name: string;
  status: string;
  "OS-EXT-STS:task_state": string | null;
  /** Empty text for a server that boots from a volume. */
  image: unknown;
  fault?: { message: string } | undefined;
  macAddresses: readonly string[];
  volumeIds: readonly string[];
}

/** One server of the capture, found, with what its image will be called. */
export interface Member {
  instance: Instance;
  identity: MemberIdentity;
  server: ServerView;
}

export interface Findings {
  /** Each one stops the capture before anything is changed. */
  problems: string[];
  /** What the user should know, and the set's manifest records. */
  warnings: string[];
}

/**
 * Everything that can be known to fail before the first change.
 *
 * @param servers by uuid; a missing one was not found
 * @param ours names of members whose image this very set began already
 * @param cloud the cloud's name, for messages
 */
export function judgeMembers(
  identities: readonly { instance: Instance; identity: MemberIdentity }[],
  servers: ReadonlyMap<string, ServerView>,
  ours: ReadonlySet<string>,
  cloud: string,
): Findings & { members: Member[] } {
  const problems: string[] = [];
  const warnings: string[] = [];
  const members: Member[] = [];
  for (const { instance, identity } of identities) {
    problems.push(...lengthProblems(identity));
    const server = servers.get(instance.uuid);
    if (server === undefined) {
      problems.push(`instance ${instance.name} (${instance.uuid}) is not found in cloud ${cloud}`);
      continue;
    }
    problems.push(...stateProblems(instance, server, ours.has(instance.name)));
    warnings.push(...volumeWarnings(instance, server));
    members.push({ instance, identity, server });
  }
  return { problems, warnings, members };
}

function stateProblems(instance: Instance, server: ServerView, ours: boolean): string[] {
  const what = `instance ${instance.name} (${instance.uuid})`;
  const task = server["OS-EXT-STS:task_state"];
  return [
    ...(server.status === "ACTIVE" || server.status === "SHUTOFF"
      ? []
      : [
          `${what} is ${server.status}${server.fault === undefined ? "" : `: ${server.fault.message}`}; ` +
            "it must be ACTIVE or SHUTOFF",
        ]),
    ...(task === null || (ours && task.startsWith("image_"))
      ? []
      : [`${what} is busy (${task}): wait until that is over and run again`]),
    ...(server.image === ""
      ? [`${what} boots from a volume; only servers with an image-backed root can be captured yet`]
      : []),
    ...(server.macAddresses.includes(instance.macAddress)
      ? []
      : [
          `${what} has no port with MAC ${instance.macAddress}; ` +
            `it has ${server.macAddresses.join(", ") || "none"}`,
        ]),
  ];
}

function volumeWarnings(instance: Instance, server: ServerView): string[] {
  const count = server.volumeIds.length;
  return count === 0
    ? []
    : [
        `PartialSnapshot: ${instance.name} has ${count} attached volume${count === 1 ? "" : "s"} ` +
          "that the set does not hold; a restore declares them anew, empty",
      ];
}
