import type { ClusterSettings } from "../../../snapset/config";

/** How to reach a cluster and how patient to be, as a resource's input. Durations in milliseconds. */
export interface ClusterInputs {
  /** Path of a kubeconfig; null when the stack's configuration holds the kubeconfig itself. */
  kubeconfig: string | null;
  stability: { beforeShutdown: number; initial: number; extended: number };
  /** How a revive ends: with the proof, or by the clock. */
  rounds: "proof" | "classic";
  rotation: { mode: "gate" | "wait" | "off"; minValidity: number; wait: number };
  debugImage: string | null;
  deadline: number;
}

/** The settings without their secret: that stays in the configuration, where providers read it. */
export function clusterInputsOf(settings: ClusterSettings): ClusterInputs {
  return {
    kubeconfig: settings.kubeconfig ?? null,
    stability: settings.stability,
    rounds: settings.rounds,
    rotation: settings.rotation,
    debugImage: settings.debugImage ?? null,
    deadline: settings.deadline,
  };
}
