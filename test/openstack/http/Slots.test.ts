import { Slots } from "../../../openstack/http/Slots";

/** Work that ends when it is told to. */
class Works {
  readonly started: string[] = [];
  private readonly enders = new Map<string, { resolve: () => void; reject: (e: Error) => void }>();

  constructor(private readonly slots: Slots) {}

  begin(name: string, isUrgent = false): Promise<string> {
    return this.slots.run(
      () => {
        this.started.push(name);
        return new Promise((resolve, reject) => {
          this.enders.set(name, {
            resolve: () => {
              resolve(name);
            },
            reject,
          });
        });
      },
      { isUrgent },
    );
  }

  async end(name: string): Promise<void> {
    this.enders.get(name)?.resolve();
    await new Promise(setImmediate);
  }

  async fail(name: string): Promise<void> {
    this.enders.get(name)?.reject(new Error(`${name} failed`));
    await new Promise(setImmediate);
  }
}

test("no more than there is room for; the rest in its order, what is urgent first", async () => {
  const works = new Works(new Slots(2));
  const results = [works.begin("a"), works.begin("b"), works.begin("c"), works.begin("d")];
  results.push(works.begin("poll 1", true), works.begin("poll 2", true));
  expect(works.started).toEqual(["a", "b"]);
  await works.end("b");
  expect(works.started).toEqual(["a", "b", "poll 1"]);
  await works.end("a");
  await works.end("poll 1");
  await works.end("poll 2");
  expect(works.started).toEqual(["a", "b", "poll 1", "poll 2", "c", "d"]);
  await works.end("c");
  await works.end("d");
  expect(await Promise.all(results)).toEqual(["a", "b", "c", "d", "poll 1", "poll 2"]);
});

test("work that fails makes room too", async () => {
  const works = new Works(new Slots(1));
  const failing = works.begin("a").catch((error: unknown) => error);
  const next = works.begin("b");
  await works.fail("a");
  expect(await failing).toEqual(new Error("a failed"));
  await works.end("b");
  expect(await next).toBe("b");
  const afterwards = works.begin("c");
  expect(works.started).toEqual(["a", "b", "c"]);
  await works.end("c");
  expect(await afterwards).toBe("c");
});
