import type { Clock } from "../../../common/clock";
import type { OpenJournal } from "../../../platforms/capture/journal";
import type { KubeVirtContext } from "../../../platforms/kubevirt/context";
import { freezeTogether } from "../../../platforms/kubevirt/freeze";
import { breakOff } from "../../../platforms/kubevirt/thaw";
import type { CaptureRun } from "../../../platforms/platform";
import { freshProgress } from "../../../snapset/capture/progress";

const second = 1000;

/** One guest behind an API whose calls take their time, and whose status is what the agent last said. */
class SlowGuest {
  nowMs = Date.parse("2026-01-05T08:00:00Z");
  isFrozen = false;
  /** For how long calls to thaw are refused. */
  refusesUntilMs = 0;
  #seen = { atMs: 0, isFrozen: false };
  readonly #due: { atMs: number; act: () => void }[] = [];
  readonly clock: Clock = {
    now: () => new Date(this.nowMs),
    sleep: async (ms) => {
      await new Promise(setImmediate);
      this.advance(ms);
    },
  };

  advance(ms: number): void {
    this.nowMs += ms;
    for (const it of this.#due.splice(0)) {
      if (it.atMs <= this.nowMs) it.act();
      else this.#due.push(it);
    }
    // virt-launcher's --qemu-fsfreeze-status-interval
    if (this.nowMs - this.#seen.atMs >= 5 * second) {
      this.#seen = { atMs: this.nowMs, isFrozen: this.isFrozen };
    }
  }

  /** @param signal ends the call, and not what the cluster does about it */
  kubevirt(signal?: AbortSignal) {
    const conditions = [{ type: "AgentConnected", status: "True" }];
    const metadata = { name: "db", uid: "1", creationTimestamp: "2026-01-05T07:00:00Z" };
    return {
      now: () => new Date(this.nowMs),
      freeze: (): Promise<void> =>
        new Promise((resolve, reject) => {
          signal?.addEventListener("abort", () => {
            reject(new Error("canceled"));
          });
          const atMs = this.nowMs + 2 * second;
          const act = () => {
            this.isFrozen = true;
            resolve();
          };
          this.#due.push({ atMs, act });
        }),
      unfreeze: () => {
        if (this.nowMs < this.refusesUntilMs) return Promise.reject(new Error("503"));
        this.isFrozen = false;
        return Promise.resolve();
      },
      listVirtualMachines: () => Promise.resolve([]),
      listInstances: () => {
        const fsFreezeStatus = this.#seen.isFrozen ? { fsFreezeStatus: "frozen" } : {};
        return Promise.resolve([{ metadata, status: { conditions, ...fsFreezeStatus } }]);
      },
    };
  }
}

function contextOf(guest: SlowGuest, signal: AbortSignal): KubeVirtContext {
  return {
    clock: guest.clock,
    signal,
    report: () => undefined,
    kubevirt: guest.kubevirt(signal),
    lasting: guest.kubevirt(),
    settings: { unfreezeTimeout: 300 * second },
  } as unknown as KubeVirtContext;
}

function openJournal(): OpenJournal {
  const nothing = () => Promise.resolve();
  const progress = freshProgress(new Date());
  return { isFound: false, progress, save: nothing, close: nothing };
}

describe("a freeze of which the end was not heard", () => {
  test("cancelled while the guest freezes: it is thawed when it has", async () => {
    const guest = new SlowGuest();
    const abort = new AbortController();
    const context = contextOf(guest, abort.signal);
    const journal = openJournal();
    const freezing = freezeTogether(["db"], { journal } as CaptureRun, context);
    const ended = freezing.catch(() => undefined).then(() => breakOff(journal, context));
    await new Promise(setImmediate);
    abort.abort();
    const beating = setInterval(() => {
      guest.advance(second);
    }, 1);
    await ended;
    clearInterval(beating);
    guest.advance(10 * second);
    expect([journal.progress.frozen?.isThawed, guest.isFrozen]).toEqual([true, false]);
  });

  test("its answer was lost, and the first call to thaw is refused: the call is made again", async () => {
    const guest = new SlowGuest();
    const context = contextOf(guest, new AbortController().signal);
    const journal = openJournal();
    const until = new Date(guest.nowMs + 300 * second).toISOString();
    journal.progress.frozen = { members: ["db"], at: null, until, isThawed: false };
    guest.isFrozen = true;
    guest.refusesUntilMs = guest.nowMs + 3 * second;
    await breakOff(journal, context);
    guest.advance(10 * second);
    expect([journal.progress.frozen.isThawed, guest.isFrozen]).toEqual([true, false]);
  });
});
