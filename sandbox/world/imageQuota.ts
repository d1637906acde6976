import type { Image } from "./images";
import { Refusal } from "./refusal";

/** Glance's quotas, as Keystone's unified limits name them; sizes are in MiB. */
export const imageQuotas = [
  "image_size_total",
  "image_stage_total",
  "image_count_total",
  "image_count_uploading",
] as const;

/** One of {@link imageQuotas}. */
export type ImageQuota = (typeof imageQuotas)[number];

type Limits = Readonly<Record<string, number>>;

/** What a project's images use of Glance's quotas. */
export function imageUsage(images: readonly Image[], owner: string): Record<ImageQuota, number> {
  const own = images.filter((image) => image.owner === owner);
  const bytes = own.reduce((sum, image) => sum + (image.size ?? 0), 0);
  return {
    image_size_total: Math.floor(bytes / 2 ** 20),
    image_stage_total: 0,
    image_count_total: own.length,
    image_count_uploading: own.filter(({ status }) => status === "saving").length,
  };
}

/** Whether Glance counts at all: it does where Keystone has limits for it (`use_keystone_limits`). */
export function areImagesCounted(limits: Limits): boolean {
  return imageQuotas.some((name) => name in limits);
}

/**
 * Holds a project to quotas, in the words of glance's quota/keystone.py.
 *
 * @param wanted quota → how much more is asked for
 * @throws {Refusal} 413
 */
export function checkImageQuota(
  limits: Limits,
  usage: Readonly<Record<ImageQuota, number>>,
  owner: string,
  wanted: Partial<Record<ImageQuota, number>>,
): void {
  for (const name of imageQuotas) {
    const delta = wanted[name];
    const limit = limits[name] ?? -1;
    if (delta === undefined || limit < 0 || usage[name] + delta <= limit) continue;
    const over = `Resource ${name} is over limit of ${limit} due to current usage ${usage[name]} and delta ${delta}`;
    throw new Refusal(
      413,
      `The request returned a 413 Request Entity Too Large. This generally means that rate limiting or a quota threshold was breached.\n\nThe response body:\nProject ${owner} is over a limit for [${over}]`,
    );
  }
}
