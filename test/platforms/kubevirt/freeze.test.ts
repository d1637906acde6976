import { systemClock } from "../../../common/clock";
import { freezeTogether } from "../../../platforms/kubevirt/freeze";
import type { KubeVirtContext } from "../../../platforms/kubevirt/context";
import type { CaptureRun } from "../../../platforms/platform";
import { freshProgress } from "../../../snapset/capture/progress";

/** A KubeVirt whose calls take until they are let go, and end at once when their signal aborts. */
function slowKubeVirt(frozen: string[], letGo: Promise<void>, signal?: AbortSignal) {
  return {
    now: () => new Date(0),
    freeze: async (name: string) => {
      const aborted = new Promise((_resolve, reject) => {
        signal?.addEventListener("abort", () => {
          reject(signal.reason as Error);
        });
      });
      const done = letGo.then(() => frozen.push(name));
      await Promise.race([done, aborted]);
    },
  };
}

test("a freeze that is under way when all is cancelled is waited for: it might come after the thaw", async () => {
  const frozen: string[] = [];
  let answer: () => void = () => undefined;
  const letGo = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const abort = new AbortController();
  const context = {
    clock: systemClock,
    signal: abort.signal,
    report: () => undefined,
    warn: () => undefined,
    kubevirt: slowKubeVirt(frozen, letGo, abort.signal),
    lasting: slowKubeVirt(frozen, letGo),
    settings: { unfreezeTimeout: 300_000 },
  } as unknown as KubeVirtContext;
  const journal = { progress: freshProgress(new Date(0)), save: () => Promise.resolve() };
  const run = { journal } as unknown as CaptureRun;
  const freezing = freezeTogether(["db", "web"], run, context).then(() => [...frozen]);
  setImmediate(() => {
    abort.abort(new Error("canceled"));
    setImmediate(answer);
  });
  await expect(freezing).resolves.toEqual(["db", "web"]);
});
