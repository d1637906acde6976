import type { OpenStack } from "../../openstack";
import type { Quota } from "../../snapset/quotas";

type QuotaSet = Awaited<ReturnType<OpenStack["blockStorage"]["showQuotaSet"]>>;

/** Cinder's quotas by its own keys: what is reserved is not free any more. */
export function cinderQuotasOf(quotas: QuotaSet): Record<string, Quota> {
  return quotasOf(quotas, ({ limit, in_use, reserved }) => ({ limit, used: in_use + reserved }));
}

/** Quotas by a service's own keys. */
export function quotasOf<T>(
  record: Readonly<Record<string, T>>,
  toQuota: (value: T) => Quota,
): Record<string, Quota> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, toQuota(value)]));
}
