import type { Caller } from "../identity";
import type { Ids } from "../ids";
import { found, Refusal } from "../refusal";

/** How the scheduler keeps the servers of a group apart, or together. */
export const serverGroupPolicies = [
  "anti-affinity",
  "affinity",
  "soft-anti-affinity",
  "soft-affinity",
] as const;

export type ServerGroupPolicy = (typeof serverGroupPolicies)[number];

/** A server group as Nova knows it. */
export interface ServerGroup {
  readonly id: string;
  readonly name: string;
  readonly projectId: string;
  readonly userId: string;
  readonly policy: ServerGroupPolicy;
  /** Of anti-affinity: how many of its servers one host may have. */
  readonly maxServerPerHost: number | undefined;
}

/** What a request may say about a group. */
export type ServerGroupOptions = Pick<ServerGroup, "name" | "policy" | "maxServerPerHost">;

/** Nova's server groups. Who is in one is kept with the servers. */
export class ServerGroups {
  readonly #groups = new Map<string, ServerGroup>();

  constructor(
    private readonly ids: Ids,
    private readonly quotas: Readonly<Record<string, number>>,
  ) {}

  list(who: Caller): ServerGroup[] {
    return [...this.#groups.values()].filter(({ projectId }) => projectId === who.projectId);
  }

  get(id: string): ServerGroup | undefined {
    return this.#groups.get(id);
  }

  /** @throws {Refusal} 404 also for one that exists but is not `who`'s */
  show(id: string, who: Caller): ServerGroup {
    const group = this.#groups.get(id);
    const isVisible = who.isAdmin || group?.projectId === who.projectId;
    return found(
      isVisible ? group : undefined,
      () => new Refusal(404, `Instance group ${id} could not be found.`),
    );
  }

  create({ projectId, userId, ...who }: Caller, options: ServerGroupOptions): ServerGroup {
    const limit = this.quotas["server_groups"] ?? -1;
    if (limit >= 0 && this.list({ ...who, projectId, userId }).length >= limit) {
      throw new Refusal(403, "Quota exceeded, too many server groups.");
    }
    const group = { ...options, id: this.ids.uuid(), projectId, userId };
    this.#groups.set(group.id, group);
    return group;
  }

  delete(id: string, who: Caller): void {
    this.#groups.delete(this.show(id, who).id);
  }
}
