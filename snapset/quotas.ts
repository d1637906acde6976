/** How much of something there may be, and how much there is; a limit of -1 is none. */
export interface Quota {
  limit: number;
  used: number;
}

/**
 * Says of a quota that there is less left of it than is needed, as a sentence; nothing else. A quota
 * that is not known is not judged.
 *
 * @param wayOut what can be done beside raising it
 */
export function exceededBy(wayOut: string) {
  return (name: string, needed: number, quota: Quota | undefined): string[] => {
    if (quota === undefined || quota.limit < 0 || needed <= 0) return [];
    if (quota.used + needed <= quota.limit) return [];
    return [
      `quota ${name}: ${needed} more needed, ${quota.used} of ${quota.limit} are used: raise it, or ${wayOut}`,
    ];
  };
}

/** Quotas by a service's own keys. */
export function quotasOf<T>(
  record: Readonly<Record<string, T>>,
  toQuota: (value: T) => Quota,
): Record<string, Quota> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, toQuota(value)]));
}
