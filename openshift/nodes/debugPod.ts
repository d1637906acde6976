import { createHash } from "node:crypto";
import type { Pod } from "../api/types";

/** Carried by every pod that we make. */
export const debugPodLabel = "snapset/runs";

/** What to run, and where. */
export interface NodeCommand {
  nodeName: string;
  namespace: string;
  image: string;
  /** A word for pod names and labels, e.g. `shutdown`. */
  purpose: string;
  /** Run in the host's root directory, as root. */
  command: readonly string[];
  /** What the command writes is kept as the container's termination message. @default false */
  keepsOutput?: boolean | undefined;
}

/**
 * A pod that runs a command on a node's host: what `oc debug node/N -- chroot /host …` makes
 * (oc pkg/cli/debug/debug.go, approximatePodTemplateForObject), without its shell. It tolerates
 * everything, as nodeName alone does not keep it from being evicted by a NoExecute taint.
 */
export function debugPod(run: NodeCommand): Pod {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: debugPodName(run.purpose, run.nodeName),
      namespace: run.namespace,
      labels: { [debugPodLabel]: run.purpose },
      annotations: { "openshift.io/required-scc": "privileged" },
    },
    spec: {
      nodeName: run.nodeName,
      hostPID: true,
      hostNetwork: true,
      hostIPC: true,
      restartPolicy: "Never",
      priorityClassName: "openshift-user-critical",
      terminationGracePeriodSeconds: 0,
      tolerations: [{ operator: "Exists" }],
      volumes: [{ name: "host", hostPath: { path: "/", type: "Directory" } }],
      containers: [
        {
          name: "command",
          image: run.image,
          // the image is on the node already, and its registry may be out of reach
          imagePullPolicy: "IfNotPresent",
          command: commandOf(run),
          // a command that fails without a message is told with the end of its log
          terminationMessagePolicy: "FallbackToLogsOnError",
          securityContext: { privileged: true, runAsUser: 0 },
          volumeMounts: [{ name: "host", mountPath: "/host" }],
        },
      ],
    },
  };
}

/** The file of the termination message is the container's, so it is opened before chroot. */
function commandOf({ command, keepsOutput = false }: NodeCommand): string[] {
  const onHost = ["chroot", "/host", ...command];
  return keepsOutput
    ? ["sh", "-c", 'exec "$@" >/dev/termination-log', "command", ...onHost]
    : onHost;
}

const maxPodName = 253;

/** `snapset-{purpose}-{node}`, at most 253 characters: longer ones end in a hash of the whole. */
export function debugPodName(purpose: string, nodeName: string): string {
  const name = `snapset-${purpose}-${nodeName}`;
  if (name.length <= maxPodName) return name;
  const hash = createHash("sha256").update(name).digest("hex").slice(0, 8);
  return `${name.slice(0, maxPodName - 9).replace(/[.-]+$/, "")}-${hash}`;
}
