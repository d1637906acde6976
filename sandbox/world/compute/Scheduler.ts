import type { Server } from "./records";
import type { ServerGroup, ServerGroups } from "./serverGroups";

/** Chooses hosts: in turn, as far as a server's group leaves the choice. */
export class Scheduler {
  #next = 0;

  constructor(
    private readonly hosts: readonly string[],
    private readonly groups: ServerGroups,
    private readonly servers: () => readonly Server[],
  ) {}

  /** The host for a server; undefined when none is valid. */
  place({ id, groupId }: Server): string | undefined {
    const turn = this.#next++ % Math.max(this.hosts.length, 1);
    const hosts = [...this.hosts.slice(turn), ...this.hosts.slice(0, turn)];
    const group = this.groups.get(groupId ?? "");
    if (group === undefined) return hosts[0];
    const members = this.servers().filter((it) => it.groupId === groupId && it.id !== id);
    return choose(group, hosts, members);
  }
}

/** Source: Nova `scheduler/filters/affinity_filter.py`, `scheduler/weights/affinity.py`. */
function choose(
  { policy, maxServerPerHost = 1 }: ServerGroup,
  hosts: readonly string[],
  members: readonly Server[],
): string | undefined {
  const count = (host: string) => members.filter((it) => it.host === host).length;
  const byCount = (sign: 1 | -1) => hosts.toSorted((a, b) => sign * (count(a) - count(b)))[0];
  switch (policy) {
    case "anti-affinity":
      return hosts.find((host) => count(host) < maxServerPerHost);
    case "affinity":
      return members.find((it) => it.host !== "")?.host ?? hosts[0];
    case "soft-anti-affinity":
      return byCount(1);
    case "soft-affinity":
      return byCount(-1);
  }
}
