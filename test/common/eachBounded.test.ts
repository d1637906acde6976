import fc from "fast-check";
import { eachBounded } from "../../common/eachBounded";

/** Work that ends when it is told to, and notes what was begun and how much at once. */
class Work {
  readonly begun: number[] = [];
  readonly ended: number[] = [];
  mostAtOnce = 0;
  private readonly open = new Map<number, { end: () => void; fail: (error: Error) => void }>();

  readonly run = (item: number): Promise<void> => {
    this.begun.push(item);
    return new Promise<void>((resolve, reject) => {
      this.open.set(item, { end: resolve, fail: reject });
      this.mostAtOnce = Math.max(this.mostAtOnce, this.open.size);
    });
  };

  async end(item: number): Promise<void> {
    this.take(item).end();
    this.ended.push(item);
    await settled();
  }

  async fail(item: number, message: string): Promise<void> {
    this.take(item).fail(new Error(message));
    await settled();
  }

  get underWay(): number[] {
    return [...this.open.keys()];
  }

  private take(item: number) {
    const work = this.open.get(item);
    if (work === undefined) throw new Error(`${item} is not under way`);
    this.open.delete(item);
    return work;
  }
}

const settled = () => new Promise(setImmediate);

/** Whether the promise has settled already. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const pending = {};
  const first = await Promise.race([promise.catch(() => undefined), settled().then(() => pending)]);
  return first !== pending;
}

describe("work on each item, so many at a time", () => {
  it("is begun in order, never more at once than allowed, each item once, in whatever order it ends", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: 12 }),
        fc.integer({ min: 1, max: 6 }),
        fc.infiniteStream(fc.nat()),
        async (count, parallel, picks) => {
          const items = Array.from({ length: count }, (_, i) => i);
          const work = new Work();
          const all = eachBounded(items, parallel, work.run);
          await settled();
          while (work.underWay.length > 0) {
            const expected = Math.min(parallel, count - work.ended.length);
            expect(work.underWay).toHaveLength(expected);
            const pick = Number(picks.next().value);
            await work.end(work.underWay[pick % work.underWay.length] ?? 0);
          }
          await all;
          expect(work.begun).toEqual(items);
          expect(work.mostAtOnce).toBe(Math.min(parallel, count));
        },
      ),
      { numRuns: 50 },
    );
  });

  it("begins nothing more after an error, and waits for what is under way", async () => {
    const work = new Work();
    const all = eachBounded([0, 1, 2, 3, 4], 3, work.run);
    all.catch(() => undefined);
    await settled();
    await work.fail(1, "no");
    await work.end(0);
    expect(await isSettled(all)).toBe(false);
    await work.end(2);
    await expect(all).rejects.toThrow(new Error("no"));
    expect(work.begun).toEqual([0, 1, 2]);
  });

  it("tells the first of several errors", async () => {
    const work = new Work();
    const all = eachBounded([0, 1], 2, work.run);
    all.catch(() => undefined);
    await settled();
    await work.fail(1, "first");
    await work.fail(0, "second");
    await expect(all).rejects.toThrow(new Error("first"));
  });

  it("ends at work that throws before it begins", async () => {
    const begun: number[] = [];
    const all = eachBounded([0, 1, 2], 1, (item) => {
      begun.push(item);
      throw new Error("at once");
    });
    await expect(all).rejects.toThrow(new Error("at once"));
    expect(begun).toEqual([0]);
  });
});
