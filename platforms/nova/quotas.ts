import type { OpenStack } from "../../openstack";
import { quotasOf, type Quota } from "../../snapset/quotas";

type QuotaSet = Awaited<ReturnType<OpenStack["blockStorage"]["showQuotaSet"]>>;

/** Cinder's quotas by its own keys: what is reserved is not free any more. */
export function cinderQuotasOf(quotas: QuotaSet): Record<string, Quota> {
  return quotasOf(quotas, ({ limit, in_use, reserved }) => ({ limit, used: in_use + reserved }));
}
