import { listed } from "../../common/listed";
import { waitFor } from "../../common/wait";
import { isBadRequest, isConflict } from "../../openstack";
import { judgeStop } from "../../snapset/capture/stopEvidence";
import { isSnapshotOf, type NodeView } from "../../snapset/ironic/node";
import { planPowerOff, pressMs, type PowerStep } from "../../snapset/ironic/powerPlan";
import type { Context } from "../context";
import type { CaptureRun } from "../platform";
import { observeNodes } from "./observe";
import type { NodeMember } from "./preflight";

/** How one machine was told to go down. */
interface Told {
  target: "soft power off" | "power off" | undefined;
  isSoftRefused: boolean;
  /** The first time, and the last, by our clock. */
  firstAt: number;
  lastAt: number;
}

/**
 * Powers machines off, by their operating systems where these answer, and proves that they are. Its
 * snapshot netboots a machine all the same; but what is on the disk of one that was not shut down is as
 * after a power cut. Machines whose snapshot an earlier run has begun belong to Ironic and are left.
 *
 * @returns how it went, in words
 */
export async function stopNodes(
  members: readonly NodeMember[],
  run: CaptureRun,
  context: Context,
): Promise<string> {
  const stop = new Stopping(members, run, context);
  await waitFor({
    what: `${listed(members.map(({ instance }) => instance.name))} to be powered off`,
    observe: () => stop.tick(),
    isDone: (steps) => steps.every(({ kind }) => kind === "off"),
    describe: (steps) => listed(steps.flatMap((it) => (it.kind === "wait" ? [it.seen] : []))),
    deadlineMs: run.inputs.deadlines.stop,
    intervalMs: 250,
    clock: context.clock,
    signal: context.signal,
    onProgress: (seen) => {
      context.report(`stop: ${seen}`);
    },
  });
  return stop.evidence();
}

class Stopping {
  private readonly told = new Map<string, Told>();

  constructor(
    private readonly members: readonly NodeMember[],
    private readonly run: CaptureRun,
    private readonly context: Context,
  ) {}

  async tick(): Promise<PowerStep[]> {
    const nodes = await observeNodes(this.context);
    const steps = this.members.map((member) => this.plan(member, nodes));
    const failed = steps.find((step) => step.kind === "failed");
    if (failed !== undefined) throw new Error(failed.reason);
    await this.note(steps);
    await Promise.all(
      this.members.map(async (member, i) => {
        const step = steps[i];
        if (step?.kind === "tell") await this.tell(member, step.target);
        if (step?.kind === "off") this.judge(member);
      }),
    );
    return steps;
  }

  evidence(): string {
    const { stopped } = this.run.journal.progress;
    const words = this.members.flatMap(({ instance: { name } }) => {
      const record = this.told.has(name) ? stopped[name] : undefined;
      return record === undefined ? [] : [`${name} (${record.stop})`];
    });
    const all = `${this.members.length} machines powered off`;
    return words.length === 0 ? `${all} already` : `${all}, of which stopped: ${listed(words)}`;
  }

  private plan({ instance }: NodeMember, nodes: ReadonlyMap<string, NodeView>): PowerStep {
    const { snapId, shutdownTimeout } = this.run.inputs;
    const node = nodes.get(instance.uuid);
    // Also of a failed one what runs may be Ironic's ramdisk: a conductor that was restarted left it.
    if (node !== undefined && isSnapshotOf(node, snapId)) return { kind: "off" };
    const told = this.told.get(instance.name);
    const now = this.context.clock.now().getTime();
    return planPowerOff({
      node,
      told: told?.target,
      toldMs: told === undefined ? 0 : now - told.firstAt,
      toldLastMs: told === undefined ? 0 : now - told.lastAt,
      timeoutMs: shutdownTimeout,
      isSoftRefused: told?.isSoftRefused ?? false,
    });
  }

  /** Who is stopped stands in the journal before it is told to. */
  private async note(steps: readonly PowerStep[]): Promise<void> {
    const { journal } = this.run;
    const names = this.members.flatMap(({ instance: { name } }, i) =>
      steps[i]?.kind === "tell" && journal.progress.stopped[name] === undefined ? [name] : [],
    );
    for (const name of names) journal.progress.stopped[name] = { stop: "stopped", seconds: null };
    if (names.length > 0) await journal.save();
  }

  private async tell({ instance }: NodeMember, target: "soft power off" | "power off") {
    const now = this.context.clock.now().getTime();
    const told = this.told.get(instance.name);
    const timeoutMs = Math.min(this.run.inputs.shutdownTimeout, pressMs);
    const timeout = Math.max(1, Math.round(timeoutMs / 1000));
    const soft = target === "soft power off" ? { target, timeout } : { target };
    const firstAt = told?.firstAt ?? now;
    try {
      await this.context.cloud.bareMetal.setPowerState(instance.uuid, soft);
      const isSoftRefused = told?.isSoftRefused ?? false;
      this.told.set(instance.name, { target, isSoftRefused, firstAt, lastAt: now });
    } catch (error) {
      const isRefused = isBadRequest(error) && target === "soft power off";
      if (!isRefused && !isConflict(error)) throw error;
      // Not every hardware can be asked (ironic `drivers/modules/*/power.py`); a held node is later.
      if (isRefused) {
        this.told.set(instance.name, {
          target: undefined,
          isSoftRefused: true,
          firstAt,
          lastAt: now,
        });
      }
    }
  }

  private judge({ instance: { name } }: NodeMember): void {
    const told = this.told.get(name);
    const { stopped } = this.run.journal.progress;
    if (told === undefined || stopped[name]?.stop !== "stopped") return;
    const ms = this.context.clock.now().getTime() - told.firstAt;
    const judged = judgeStop(ms / 1000, this.run.inputs.shutdownTimeout);
    const isForced = told.target === "power off";
    stopped[name] = { ...judged, stop: isForced ? "forced" : "graceful" };
    if (!isForced) return;
    this.context.warn(
      `${name} did not shut down when asked, so its power was cut: its disk is as after a power cut`,
    );
  }
}
