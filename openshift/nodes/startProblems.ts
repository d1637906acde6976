import type { Pod } from "../api/types";

/** For how long a kubelet may try again before its pod is given up: registries have their moments. */
const patienceMs = 60_000;

/**
 * What a kubelet says of a container that it cannot start. `ContainerCreating` and `PodInitializing`
 * are none of it (kubernetes pkg/kubelet/images/types.go, pkg/kubelet/kuberuntime/kuberuntime_container.go).
 */
const reasons: ReadonlySet<string> = new Set([
  "ErrImagePull",
  "ImagePullBackOff",
  "InvalidImageName",
  "ErrImageNeverPull",
  "RegistryUnavailable",
  "CreateContainerConfigError",
  "CreateContainerError",
  "RunContainerError",
]);

/** Why a pod's container does not start, in its kubelet's words; undefined while nothing is wrong. */
export function startProblemOf(pod: Pod): string | undefined {
  const { reason = "", message } = pod.status?.containerStatuses?.[0]?.state?.waiting ?? {};
  if (!reasons.has(reason)) return undefined;
  return message === undefined || message === "" ? reason : `${reason}: ${message}`;
}

/** Pods that do not start, look by look. */
export class StartProblems {
  /** Pod → when it was first seen so, and the first words: later ones only say "back-off". */
  readonly #since = new Map<string, { at: number; why: string }>();

  /**
   * Takes in one look.
   *
   * @param now milliseconds since the epoch
   * @returns why, for each pod that has not started for a whole minute
   */
  lasting(pods: readonly Pod[], now: number): Map<Pod, string> {
    const lasting = new Map<Pod, string>();
    for (const pod of pods) {
      const why = startProblemOf(pod);
      const { name } = pod.metadata;
      if (why === undefined) {
        this.#since.delete(name);
        continue;
      }
      const first = this.#since.get(name) ?? { at: now, why };
      this.#since.set(name, first);
      if (now - first.at >= patienceMs) lasting.set(pod, first.why);
    }
    return lasting;
  }
}
