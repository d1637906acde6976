import fc from "fast-check";
import { planImages, type ImageObservation } from "../../snapset/imagePlan";

const observation: fc.Arbitrary<ImageObservation> = fc.record({
  member: fc.string({ minLength: 1 }),
  image: fc.option(
    fc.record({
      id: fc.uuid(),
      status: fc.constantFrom("queued", "saving", "active", "killed", "deleted"),
    }),
    { nil: undefined },
  ),
  requestedImageId: fc.option(fc.uuid(), { nil: undefined }),
  taskState: fc.constantFrom(null, undefined, "image_uploading"),
});

describe("planImages", () => {
  it("asks for all at once as far as the limit allows, and keeps the order", () => {
    const members = ["worker0", "master0", "controller"].map((member) => ({ member }));
    expect(planImages(members, { parallel: 2 })).toEqual([
      { kind: "request", member: "worker0" },
      { kind: "request", member: "master0" },
      { kind: "wait", member: "controller", seen: "its turn" },
    ]);
  });

  it.each([
    ["queued", null, { kind: "wait", member: "m", seen: "queued" }],
    ["saving", "image_uploading", { kind: "wait", member: "m", seen: "saving" }],
    // An image that was active while Nova's task still ran has been lost with its server.
    ["active", "image_uploading", { kind: "wait", member: "m", seen: "image_uploading" }],
    ["active", undefined, { kind: "wait", member: "m", seen: "active" }],
    ["active", null, { kind: "done", member: "m", imageId: "i" }],
    ["killed", null, { kind: "failed", member: "m", reason: "image i is killed" }],
  ])("image %s, task %s", (status, taskState, step) => {
    const seen = [{ member: "m", image: { id: "i", status }, taskState }];
    expect(planImages(seen, { parallel: 1 })).toEqual([step]);
  });

  it("knows an image that was asked for and is gone as failed", () => {
    expect(planImages([{ member: "m", requestedImageId: "i" }], { parallel: 1 })).toEqual([
      {
        kind: "failed",
        member: "m",
        reason: "image i is gone: Nova removes the image of a snapshot that failed",
      },
    ]);
  });

  it("never has more images under way than the limit, nor asks twice for one", () => {
    fc.assert(
      fc.property(fc.array(observation), fc.integer({ min: 1, max: 5 }), (seen, parallel) => {
        const steps = planImages(seen, { parallel });
        const underWay = seen.filter(
          (it) =>
            it.image !== undefined && ["queued", "saving", "active"].includes(it.image.status),
        );
        const requests = steps.filter((step) => step.kind === "request");
        const waiting = steps.filter((step) => step.kind === "wait" && step.seen !== "its turn");
        expect(steps.map((step) => step.member)).toEqual(seen.map((it) => it.member));
        expect(waiting.length).toBeLessThanOrEqual(underWay.length);
        if (requests.length > 0)
          expect(requests.length + waiting.length).toBeLessThanOrEqual(parallel);
        for (const [i, step] of steps.entries()) {
          const isFresh = seen[i]?.image === undefined && seen[i]?.requestedImageId === undefined;
          if (step.kind === "request") expect(isFresh).toBe(true);
        }
      }),
    );
  });
});
