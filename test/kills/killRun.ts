import { setTimeout as delay } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { CaptureOutputs } from "../../platforms/capture/types";
import type { SelectionOutputs } from "../../dynamic/providers/selection";
import { KillLab } from "./KillLab";
import type { Answer, Order, ProviderProcess } from "./ProviderProcess";

/** How a killed capture goes on: with another `up`, or with `destroy`. */
export type WayOut = "resumed" | "given back";

/** What a run was and what came of it. */
export interface KillResult {
  /** What the sandbox had been asked for last when the process was killed. */
  killedAfter: string;
  /** How long the work took that ended before it was killed; undefined when it was. */
  undisturbedMs: number | undefined;
  /** What is not as it must be; empty when all is. */
  problems: string[];
}

/**
 * Captures five servers, kills the provider, and goes on as after a kill of the whole engine: without
 * any state. Then there must be exactly one complete set, or nothing.
 *
 * @param provide gives a process that has loaded the providers; it is ended with the run
 * @param killAtMs after the begin of its work; undefined for never
 */
export async function killRun(
  provide: () => Promise<ProviderProcess>,
  killAtMs: number | undefined,
  wayOut: WayOut,
): Promise<KillResult> {
  const lab = await KillLab.open();
  const [first, second] = [await provide(), await provide()];
  try {
    const undisturbedMs = await captureAndKill(first, killAtMs, lab);
    const killedAfter = lab.lastAsked();
    const isOver = lab.leftovers().length > 0 && !lab.hasJournal();
    const problems =
      wayOut === "given back" && !isOver ? await giveBack(second, lab) : await finish(second, lab);
    return { killedAfter, undisturbedMs, problems };
  } finally {
    await Promise.all([first.kill(), second.kill()]);
    await lab.close();
  }
}

async function captureAndKill(
  provider: ProviderProcess,
  killAtMs: number | undefined,
  lab: KillLab,
): Promise<number | undefined> {
  const started = performance.now();
  const answer = provider.carryOut(captureOrder(lab));
  if (killAtMs !== undefined) {
    await Promise.race([answer, delay(killAtMs)]);
    await provider.kill();
  }
  const came = await answer;
  if (came === "killed") return undefined;
  if ("problem" in came) throw new Error(`undisturbed it failed: ${came.problem}`);
  return performance.now() - started;
}

function captureOrder({ cloud, inputs }: KillLab): Order {
  return { env: cloud.env, kind: "SnapSet", method: "create", args: [inputs] };
}

function selectionOrder({ cloud, inputs, nodes }: KillLab): Order {
  const args = [{ snapId: inputs.snapId, nodes, selfUrn: "urn:test" }];
  return { env: cloud.env, kind: "Selection", method: "create", args };
}

/** The next `up`: the set is whole, and goes as a whole when it is destroyed. */
async function finish(provider: ProviderProcess, lab: KillLab): Promise<string[]> {
  const answer = await provider.carryOut(captureOrder(lab));
  const { problems, result } = judged(answer);
  if (problems.length > 0) return problems;
  const { outs } = result as { outs: CaptureOutputs };
  const found = await incompleteness(provider, lab, outs);
  const removal = await provider.carryOut({
    env: lab.cloud.env,
    kind: "SnapSet",
    method: "delete",
    args: [outs.snapId, outs],
  });
  return [
    ...found,
    ...judged(removal).problems,
    ...differences("left of the deleted set", lab.leftovers(), []),
  ];
}

/** `destroy`, of which only the snap_id is in the state. */
async function giveBack(provider: ProviderProcess, lab: KillLab): Promise<string[]> {
  const { snapId } = lab.inputs;
  const args = [snapId, { capture: "1", selfUrn: "urn:test", snapId }];
  const order: Order = { env: lab.cloud.env, kind: "SnapId", method: "delete", args };
  const { problems } = judged(await provider.carryOut(order));
  return [
    ...problems,
    ...differences("left of what was given back", lab.leftovers(), []),
    ...differences("the servers", lab.cloud.states(), lab.before),
  ];
}

function judged(answer: Answer | "killed"): { problems: string[]; result?: unknown } {
  if (answer === "killed") return { problems: ["the second process ended by itself"] };
  if ("problem" in answer) return { problems: [`the second process failed: ${answer.problem}`] };
  return { problems: [], result: answer.result };
}

/** What is not as it is with a set that one undisturbed capture has made. */
async function incompleteness(
  provider: ProviderProcess,
  lab: KillLab,
  outs: CaptureOutputs,
): Promise<string[]> {
  const { cloud, inputs } = lab;
  const { snapId, instances } = inputs;
  const names = instances.map(({ name }) => name);
  const images = cloud.imagesOf(snapId);
  const ofMember = (name: string) => images.find((it) => it.properties["snapset_member"] === name);
  const { problems, result } = judged(await provider.carryOut(selectionOrder(lab)));
  const chosen = (result as { outs: SelectionOutputs } | undefined)?.outs.images;
  const manifest = cloud.manifestOf(snapId);
  const off = Object.fromEntries(names.map((name) => [name, "SHUTOFF"]));
  const volumes = manifest.members.flatMap((member) =>
    member.volumes.map((volume) => `${member.name} ${volume.snapshotId ?? "without a snapshot"}`),
  );
  const snapshots = cloud.world.volumes.snapshots();
  const owned = snapshots
    .filter((it) => it.metadata["snapset_id"] === snapId && it.status === "available")
    .map((it) => `${it.metadata["snapset_member"] ?? ""} ${it.id}`);
  return [
    ...problems,
    ...differences("the phase", outs.phase, "committed"),
    ...differences(
      "the chosen images",
      chosen,
      Object.fromEntries(names.map((name) => [name, ofMember(name)?.id])),
    ),
    ...differences("the number of images", images.length, names.length),
    ...differences("the snapshots", owned.toSorted(), volumes.toSorted()),
    ...differences("the number of snapshots", snapshots.length, 3),
    ...differences("a journal is left", lab.hasJournal(), false),
    ...differences("the servers", cloud.states(), off),
    ...differences(
      "found off",
      manifest.members.filter(({ stop }) => stop === "found").map(({ name }) => name),
      ["worker1"],
    ),
    ...[...lab.asked("createImage")]
      .filter(([path, count]) => path !== "/image/v2/images" && count > 1)
      .map(([id, count]) => `${count} images were asked for of server ${id}`),
    ...differences("journals begun", lab.asked("createImage").get("/image/v2/images"), 1),
    ...differences("snapshots asked for", sum(lab.asked("createSnapshot")), 2),
  ];
}

function differences(what: string, seen: unknown, wanted: unknown): string[] {
  if (isDeepStrictEqual(seen, wanted)) return [];
  return [`${what}: ${JSON.stringify(seen)} instead of ${JSON.stringify(wanted)}`];
}

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((total, count) => total + count, 0);
}
