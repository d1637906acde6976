import { z } from "zod";

const unitMs = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

const expected = "must be a duration such as 60s, 5m, 25h or 30d";

/** A duration such as `90s`, `5m`, `25h` or `30d`, read as milliseconds. */
const duration = z.string({ error: expected }).transform((text, context) => {
  const match = /^(\d+(?:\.\d+)?)(s|m|h|d)$/.exec(text);
  if (match !== null) return Number(match[1]) * unitMs[match[2] as keyof typeof unitMs];
  context.addIssue({ code: "custom", message: `${expected}, got ${text}` });
  return z.NEVER;
});

/** A duration that stays as it is written, longer than none. */
export const durationText = z
  .string({ error: expected })
  .refine((text) => (duration.safeParse(text).data ?? 0) > 0, {
    error: ({ input }) => `${expected}, got ${String(input)}`,
  });

/** Milliseconds of a {@link durationText}. */
export function parseDuration(text: string): number {
  return duration.parse(text);
}

/** The default of a duration, written as a user would. */
export function durationOr(text: string) {
  return duration.default(duration.parse(text));
}
