import type { ClusterOperator } from "../../openshift/api/types";

/** A ClusterOperator with these conditions, by default of long ago. */
export function operator(
  name: string,
  conditions: Record<string, string>,
  lastTransitionTime = "2026-01-01T00:00:00Z",
): ClusterOperator {
  return {
    metadata: { name },
    status: {
      conditions: Object.entries(conditions).map(([type, status]) => ({
        type,
        status,
        lastTransitionTime,
      })),
    },
  };
}

/** A ClusterOperator with nothing to complain about. */
export function healthy(name: string, lastTransitionTime?: string): ClusterOperator {
  return operator(
    name,
    { Available: "True", Progressing: "False", Degraded: "False" },
    lastTransitionTime,
  );
}
