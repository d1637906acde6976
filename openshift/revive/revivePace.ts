import type { ReviveContext } from "./revive";

/** How often the steps of a revive look, and how they tell what they see. */
export function pace({ clock, signal, onProgress }: ReviveContext, doing: string) {
  return {
    clock,
    signal,
    intervalMs: 1000,
    maxIntervalMs: 5000,
    onProgress: (seen: string) => onProgress?.(`${doing}: ${seen}`),
  };
}
