/**
 * How many images may be under way on each compute host. Nova makes
 * `max_concurrent_snapshots` at a time, 5 by default; what a cloud really takes is learned: each
 * refusal halves the limit of its host, and as many accepted requests as the limit raise it by one.
 */
export class HostLimits {
  private readonly hosts = new Map<string, { limit: number; accepted: number }>();

  /** @param most the limit of a host that has refused nothing */
  constructor(private readonly most: number) {}

  limitOf(host: string): number {
    return this.hosts.get(host)?.limit ?? this.most;
  }

  /** @param underWay how many were under way on the host when it refused one more */
  refused(host: string, underWay: number): void {
    const limit = Math.max(1, Math.floor(Math.min(this.limitOf(host), underWay + 1) / 2));
    this.hosts.set(host, { limit, accepted: 0 });
  }

  accepted(host: string): void {
    const known = this.hosts.get(host);
    if (known === undefined || known.limit >= this.most) return;
    known.accepted += 1;
    if (known.accepted < known.limit) return;
    this.hosts.set(host, { limit: known.limit + 1, accepted: 0 });
  }
}
