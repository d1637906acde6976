import { counted } from "../../common/counted";
import { listed } from "../../common/listed";
import { waitFor } from "../../common/wait";
import type { CaptureProgress } from "../../snapset/capture/progress";
import type { NodeView } from "../../snapset/ironic/node";
import type { Instance } from "../../snapset/snapsetData";
import type { Context } from "../context";
import type { Source } from "../platform";
import { unlessConflict } from "../tolerate";
import { observeNodes } from "./observe";

type Nodes = ReadonlyMap<string, NodeView>;

/**
 * Powers on the machines that a capture has powered off. Those that are gone from Ironic meanwhile are
 * passed over.
 *
 * @param progress is kept up to date
 * @returns what was done, in words
 */
export async function resumeNodes(
  source: Source,
  progress: CaptureProgress,
  context: Context,
): Promise<string> {
  const stopped = source.instances.filter(({ name }) => progress.stopped[name] !== undefined);
  if (stopped.length === 0) return "no machine had been stopped";
  const nodes = await powerOn(stopped, source.deadlines.stop, context);
  for (const { name } of stopped) Reflect.deleteProperty(progress.stopped, name);
  const on = stopped.filter(({ uuid }) => nodes.has(uuid)).map(({ name }) => name);
  const gone = stopped.filter(({ uuid }) => !nodes.has(uuid)).map(({ name }) => name);
  const evidence = `${counted(on.length, "machine")} powered on again: ${listed(on)}`;
  return gone.length === 0 ? evidence : `${evidence}; gone meanwhile: ${listed(gone)}`;
}

/** At each look it tells those that can be told: Ironic refuses to while a conductor holds the node. */
function powerOn(machines: readonly Instance[], deadlineMs: number, context: Context) {
  const isOn = (nodes: Nodes, { uuid }: Instance) =>
    !nodes.has(uuid) || nodes.get(uuid)?.powerState === "power on";
  const powered = (uuid: string) =>
    context.cloud.bareMetal.setPowerState(uuid, { target: "power on" });
  return waitFor<Nodes>({
    what: `${listed(machines.map(({ name }) => name))} to be powered on`,
    observe: async () => {
      const nodes = await observeNodes(context);
      const off = machines.filter(({ uuid }) => isStartable(nodes.get(uuid)));
      await Promise.all(off.map(({ uuid }) => unlessConflict(powered(uuid))));
      return nodes;
    },
    isDone: (nodes) => machines.every((machine) => isOn(nodes, machine)),
    describe: (nodes) => {
      const waiting = machines.filter((machine) => !isOn(nodes, machine));
      return listed(waiting.map(({ name, uuid }) => `${name} ${stateOf(nodes.get(uuid))}`));
    },
    deadlineMs,
    intervalMs: 500,
    clock: context.clock,
    signal: context.signal,
    onProgress: (seen) => {
      context.report(`start: ${seen}`);
    },
  });
}

function isStartable(node: NodeView | undefined): boolean {
  return (
    node?.powerState === "power off" && node.targetPowerState === null && node.reservation === null
  );
}

function stateOf(node: NodeView | undefined): string {
  const error = node?.lastError == null ? "" : `: ${node.lastError}`;
  return `${node?.powerState ?? "unknown"} (${node?.provisionState ?? "gone"})${error}`;
}
