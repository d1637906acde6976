const secondMs = 1000;

/** How long things take, in milliseconds of the cluster's clock. */
export interface Times {
  /** From an instance's creation until it runs. */
  bootMs: number;
  /** From then until its agent has reported. */
  agentMs: number;
  /** From the power button until the guest is off. */
  stopMs: number;
  /** From a VolumeSnapshot until it is cut: the time for which a guest stays frozen. */
  cutMs: number;
  /** From then until it can be used. */
  uploadMs: number;
  /** From a claim until its volume is there. */
  provisionMs: number;
  /** How long a restore waits for its target to be off. */
  gracePeriodMs: number;
  /** From an attempt to freeze that has failed until the next. */
  retryMs: number;
}

/** As on a cluster. */
export const usualTimes: Times = {
  bootMs: 20 * secondMs,
  agentMs: 10 * secondMs,
  stopMs: 15 * secondMs,
  cutMs: 3 * secondMs,
  uploadMs: 10 * secondMs,
  provisionMs: 5 * secondMs,
  gracePeriodMs: 300 * secondMs,
  retryMs: 5 * secondMs,
};

/** Seconds, as `metav1.Time` is written. */
export function rfc3339(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, "Z");
}

const units: Record<string, number> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: secondMs,
  m: 60 * secondMs,
  h: 3600 * secondMs,
};

/** Milliseconds of a duration as Go writes it, e.g. `1m30s`; undefined for what is none. */
export function goDuration(text: string): number | undefined {
  if (text === "0") return 0;
  const part = /(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/y;
  let total = 0;
  while (part.lastIndex < text.length) {
    const [, count = "", unit = ""] = part.exec(text) ?? [];
    if (count === "") return undefined;
    total += Number(count) * (units[unit] ?? 0);
  }
  return text === "" ? undefined : total;
}
