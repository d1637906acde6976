import { messageOf } from "../../common/errors";
import { listed } from "../../common/listed";
import type { CaptureProgress } from "../../snapset/capture/progress";
import { hasAgent, isFrozen } from "../../snapset/kubevirt/machines";
import { CaptureFailure } from "../capture/failure";
import type { CaptureRun } from "../platform";
import type { KubeVirtContext } from "./context";
import { observeMachines, waitForAll } from "./machines";

/**
 * Freezes the guests of all machines, so that they hold still at one moment. Who is frozen, and until
 * when at the latest, stands in the journal before the first is.
 *
 * @throws {CaptureFailure} naming every machine that could not be frozen; those that were stay frozen
 */
export async function freezeTogether(
  names: readonly string[],
  { journal }: CaptureRun,
  context: KubeVirtContext,
): Promise<void> {
  const { kubevirt, settings } = context;
  const until = new Date(kubevirt.now().getTime() + settings.unfreezeTimeout).toISOString();
  journal.progress.frozen = { members: [...names], at: null, until, isThawed: false };
  await journal.save();
  context.signal.throwIfAborted();
  context.report(`freeze: ${listed(names)}`);
  // Waited for although all is cancelled: what is asked for and not waited for may come after the thaw.
  const results = await Promise.allSettled(
    names.map((name) => context.lasting.freeze(name, settings.unfreezeTimeout)),
  );
  const failures = results.flatMap((it, index) =>
    it.status === "rejected"
      ? [`${names[index] ?? ""} cannot be frozen: ${messageOf(it.reason)}`]
      : [],
  );
  if (failures.length > 0) throw new CaptureFailure(failures.join("\n"));
  // An answer means that the agent has frozen the guest (kubevirt `virtwrap/storage/fsfreeze.go`).
  const at = kubevirt.now().toISOString();
  journal.progress.frozen.at = at;
  journal.progress.capturedAt = at;
  await journal.save();
}

/** For how long the status of a guest that is thawed may still say that it is frozen. */
const lagMs = 60_000;

/** What was frozen, or was to be. */
type Frozen = NonNullable<CaptureProgress["frozen"]>;

/**
 * Thaws guests, and proves it: also when all has been cancelled, and those that were never frozen or
 * thawed by themselves. Of one that was frozen an answer is wanted; where a freeze may have been
 * refused, what its status says will do: an agent that is not there can thaw nothing either.
 *
 * @returns what was done, in words
 * @throws {CaptureFailure} naming every machine that may be frozen still, and until when
 */
export async function thawAll(
  { members: names, until, at }: Frozen,
  context: KubeVirtContext,
): Promise<string> {
  const lasting = { ...context, kubevirt: context.lasting, signal: new AbortController().signal };
  const refused = new Map<string, string>();
  const thaw = async (name: string): Promise<void> => {
    try {
      await context.lasting.unfreeze(name);
      refused.delete(name);
    } catch (error) {
      refused.set(name, messageOf(error));
    }
  };
  const doubtful = async () => {
    const { vmis } = await observeMachines(lasting);
    return names.filter((name) => {
      const vmi = vmis.get(name);
      if (vmi === undefined) return false;
      return isFrozen(vmi) || (refused.has(name) && (at !== null || hasAgent(vmi)));
    });
  };
  await Promise.all(names.map(thaw));
  try {
    await waitForAll(
      {
        what: `${listed(names)} to be thawed`,
        phase: "thaw",
        observe: async () => {
          const left = await doubtful();
          await Promise.all(left.filter((name) => refused.has(name)).map(thaw));
          return left;
        },
        missing: (left) => left.map((name) => `${name} ${refused.get(name) ?? "frozen"}`),
        deadlineMs: lagMs,
      },
      lasting,
    );
  } catch (error) {
    throw new CaptureFailure(
      `guests may be frozen still, until ${until} at the latest: ${messageOf(error)}`,
      { cause: error },
    );
  }
  return `thawed: ${listed(names)}`;
}
