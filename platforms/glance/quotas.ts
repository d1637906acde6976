import { quotasOf, type Quota } from "../../snapset/quotas";
import type { Context } from "../context";

/** What is left of Glance's quotas, by its own keys; nothing where it has none or does not tell. */
export async function observeImageQuotas({ cloud }: Context): Promise<Record<string, Quota>> {
  const usage = await cloud.image.showUsage();
  return quotasOf(usage ?? {}, ({ limit, usage: used }) => ({ limit, used }));
}
