/** A Kubernetes object as it goes over the wire. */
export interface WireObject {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    uid: string;
    resourceVersion: string;
    creationTimestamp: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    deletionTimestamp?: string;
    ownerReferences?: unknown[];
  };
  [field: string]: unknown;
}

/** Seconds, as metav1.Time is written. */
export function time(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, "Z");
}

/** Microseconds, as metav1.MicroTime is written. */
export function microTime(ms: number): string {
  return new Date(ms).toISOString().replace("Z", "000Z");
}

/** Lists of a large cluster ask for hundreds of them at each look. */
const uids = new Map<string, string>();

/** A UUID that is always the same for the same thing. */
export function uidOf(clusterId: string, ...path: string[]): string {
  const thing = `${clusterId}/${path.join("/")}`;
  const uid = uids.get(thing) ?? hashOf(thing);
  uids.set(thing, uid);
  return uid;
}

function hashOf(thing: string): string {
  let hash = 2166136261;
  const hex = Array.from({ length: 4 }, (_, round) => {
    for (const char of `${round}${thing}`) {
      hash = Math.imul(hash ^ char.charCodeAt(0), 16777619) >>> 0;
    }
    return hash.toString(16).padStart(8, "0");
  }).join("");
  return [8, 4, 4, 4, 12]
    .map((length, index, all) => {
      const start = all.slice(0, index).reduce((sum, n) => sum + n, 0);
      return hex.slice(start, start + length);
    })
    .join("-");
}
