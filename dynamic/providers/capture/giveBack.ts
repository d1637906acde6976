import { isClusterRole } from "../../../snapset/roles";
import { reviveCluster } from "../cluster/revive";
import type { Context } from "../context";
import { startServers } from "./start";
import type { CaptureInputs, CaptureProgress } from "./types";

/**
 * Brings the source back: starts the servers that the capture stopped, and revives the cluster that
 * it brought to rest.
 *
 * @returns what was done, in words
 */
export async function giveBack(
  inputs: CaptureInputs,
  progress: CaptureProgress,
  context: Context,
): Promise<string> {
  const stopped = inputs.instances.filter((instance) => progress.stopped.includes(instance.name));
  const started = await startServers(stopped, inputs.deadlines.stop, context);
  progress.stopped = [];
  const hasNodes = stopped.some((instance) => isClusterRole(instance.role));
  if (!progress.quiesced || inputs.cluster === null || !hasNodes) return started;
  const { uncordoned } = await reviveCluster(
    inputs.cluster,
    progress.cluster,
    progress.capturedAt,
    context,
  );
  progress.quiesced = false;
  return `${started}; cluster revived, uncordoned: ${uncordoned.join(", ")}`;
}
