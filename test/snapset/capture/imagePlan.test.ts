import fc from "fast-check";
import {
  isUnderWay,
  planImages,
  type ImageLimits,
  type ImageObservation,
  type ImageStep,
} from "../../../snapset/capture/imagePlan";

const attempts = 3;
const abandonedMs = 30_000;

/** A member that nothing is known of but its host: it may be asked for an image. */
function untouched(member: string, changes: Partial<ImageObservation> = {}): ImageObservation {
  return {
    member,
    host: "host0",
    disturbance: undefined,
    taskState: null,
    attempts: 0,
    mayAsk: true,
    idleMs: 0,
    ...changes,
  };
}

function limitsOf(changes: Partial<ImageLimits> = {}): ImageLimits {
  return { parallel: 256, ofHost: () => 5, attempts, abandonedMs, ...changes };
}

function stepOf(changes: Partial<ImageObservation>, limits = limitsOf()): ImageStep | undefined {
  return planImages([untouched("m", changes)], limits)[0];
}

const taskState = fc.constantFrom(null, "image_snapshot", "image_uploading", "powering-on");
const image = fc.record({
  id: fc.uuid(),
  status: fc.constantFrom("queued", "saving", "active", "killed", "deactivated", "pending_delete"),
});

const observedMember: fc.Arbitrary<Omit<ImageObservation, "member">> = fc
  .record({
    host: fc.constantFrom("host0", "host1", "host2"),
    disturbance: fc.option(fc.constant("its server was deleted during the capture"), {
      nil: undefined,
      freq: 8,
    }),
    taskState,
    image: fc.option(image, { nil: undefined }),
    isFinished: fc.boolean(),
    requestedImageId: fc.option(fc.uuid(), { nil: undefined }),
    attempts: fc.nat({ max: attempts }),
    mayAsk: fc.boolean(),
    idleMs: fc.nat({ max: 2 * abandonedMs }),
  })
  // Idle is an image that is not active while Nova has no task for it; nothing else is.
  .map((seen) => ({
    ...seen,
    idleMs:
      seen.taskState === null && seen.image !== undefined && seen.image.status !== "active"
        ? seen.idleMs
        : 0,
  }));

const askable = fc
  .record({ host: fc.constantFrom("host0", "host1", "host2"), lost: fc.nat({ max: attempts - 1 }) })
  .map(({ host, lost }) =>
    untouched("", lost === 0 ? { host } : { host, attempts: lost, requestedImageId: "lost" }),
  );

const observations = fc
  .array(fc.oneof(observedMember, askable), { maxLength: 30 })
  .map((all) => all.map((seen, i) => ({ ...seen, member: `m${i}` })));

const limits: fc.Arbitrary<ImageLimits> = fc
  .record({
    parallel: fc.integer({ min: 1, max: 12 }),
    hosts: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 3, maxLength: 3 }),
  })
  .map(({ parallel, hosts }) =>
    limitsOf({ parallel, ofHost: (host) => hosts[Number(host.slice(-1))] ?? 1 }),
  );

/** Checks something of every pair of a member and its step, however the cloud looks. */
function forAllSteps(
  check: (seen: ImageObservation, step: ImageStep | undefined, limits: ImageLimits) => void,
): void {
  fc.assert(
    fc.property(observations, limits, (all, bounds) => {
      const steps = planImages(all, bounds);
      all.forEach((seen, i) => {
        check(seen, steps[i], bounds);
      });
    }),
  );
}

describe("a plan of images", () => {
  it("has exactly one step for each member, in their order", () => {
    fc.assert(
      fc.property(observations, limits, (all, bounds) => {
        const members = planImages(all, bounds).map(({ member }) => member);
        expect(members).toEqual(all.map(({ member }) => member));
      }),
    );
  });

  it("never asks for more than `parallel` in all, nor than a host's limit on it", () => {
    fc.assert(
      fc.property(observations, limits, (all, bounds) => {
        const steps = planImages(all, bounds);
        const isRequested = (i: number) => steps[i]?.kind === "request";
        const takes = (seen: ImageObservation, i: number) =>
          isRequested(i) || isUnderWay(seen, steps[i]);
        if (all.some((_, i) => isRequested(i))) {
          expect(all.filter(takes).length).toBeLessThanOrEqual(bounds.parallel);
        }
        for (const host of new Set(all.filter((_, i) => isRequested(i)).map((it) => it.host))) {
          const there = all.filter((seen, i) => seen.host === host && takes(seen, i));
          expect(there.length).toBeLessThanOrEqual(bounds.ofHost(host));
        }
      }),
    );
  });

  it("lets nobody wait for a turn while there is room for it", () => {
    fc.assert(
      fc.property(observations, limits, (all, bounds) => {
        const steps = planImages(all, bounds);
        const taken = all.filter(
          (seen, i) => steps[i]?.kind === "request" || isUnderWay(seen, steps[i]),
        );
        all.forEach(({ host }, i) => {
          const step = steps[i];
          if (step?.kind !== "wait" || step.seen !== "its turn") return;
          const isFull = taken.length >= bounds.parallel;
          const onHost = taken.filter((seen) => seen.host === host).length;
          expect(isFull || onHost >= bounds.ofHost(host)).toBe(true);
        });
      }),
    );
  });

  it("lets nobody pass one that waits for its turn on the same host", () => {
    fc.assert(
      fc.property(observations, limits, (all, bounds) => {
        const steps = planImages(all, bounds);
        const waiting = new Set<string>();
        all.forEach(({ host }, i) => {
          const step = steps[i];
          if (step?.kind === "wait" && step.seen === "its turn") waiting.add(host);
          if (step?.kind === "request") expect(waiting).not.toContain(host);
        });
      }),
    );
  });

  it("asks only where there is no image, no task, no request without an answer, and an attempt left", () => {
    forAllSteps((seen, step, bounds) => {
      if (step?.kind !== "request") return;
      expect(seen).toMatchObject({ disturbance: undefined, taskState: null, mayAsk: true });
      expect(seen.image).toBeUndefined();
      expect(seen.isFinished).not.toBe(true);
      expect(seen.attempts).toBeLessThan(bounds.attempts);
    });
  });

  it("discards only what nobody works on, and never the last attempt", () => {
    forAllSteps((seen, step, bounds) => {
      if (step?.kind !== "discard") return;
      expect(seen.taskState).toBeNull();
      expect(seen.idleMs).toBeGreaterThanOrEqual(bounds.abandonedMs);
      expect(seen.image).toMatchObject({ id: step.imageId });
      expect(seen.image?.status).not.toBe("active");
      expect(seen.attempts).toBeLessThan(bounds.attempts);
    });
  });

  it("calls nothing done that is neither active without a task, nor was seen so before", () => {
    forAllSteps((seen, step) => {
      if (step?.kind !== "done") return;
      expect(seen.image?.id).toBe(step.imageId);
      const isMade = seen.image?.status === "active" && seen.taskState === null;
      expect(isMade || seen.isFinished === true).toBe(true);
    });
  });

  it("fails a disturbed member, whatever else is seen of it", () => {
    forAllSteps((seen, step) => {
      if (seen.disturbance === undefined) return;
      expect(step).toEqual({ kind: "failed", member: seen.member, reason: seen.disturbance });
    });
  });
});

describe("the step of one member", () => {
  it.each<[string, string | null, Partial<ImageStep>]>([
    ["queued", "image_snapshot", { kind: "wait", seen: "image_snapshot" }],
    ["queued", null, { kind: "wait", seen: "queued" }],
    ["saving", "image_uploading", { kind: "wait", seen: "image_uploading" }],
    ["importing", null, { kind: "wait", seen: "importing" }],
    ["uploading", null, { kind: "wait", seen: "uploading" }],
    // An image that was active while Nova's task still ran has been lost with its server.
    ["active", "image_uploading", { kind: "wait", seen: "image_uploading" }],
    ["active", null, { kind: "done", imageId: "i" }],
    ["killed", null, { kind: "failed", reason: "image i is killed" }],
    ["deactivated", null, { kind: "failed", reason: "image i is deactivated" }],
    ["pending_delete", null, { kind: "failed", reason: "image i is pending_delete" }],
  ])("of an image that is %s while the task is %s", (status, task, step) => {
    expect(stepOf({ image: { id: "i", status }, taskState: task, attempts: 1 })).toEqual({
      member: "m",
      ...step,
    });
  });

  it("waits for a task of somebody else before it asks", () => {
    expect(stepOf({ taskState: "powering-off" })).toEqual({
      kind: "wait",
      member: "m",
      seen: "powering-off",
    });
  });

  it("asks again for an image that Nova lost, as often as is allowed", () => {
    const lost = { requestedImageId: "i" };
    expect(stepOf({ ...lost, attempts: 2 })).toEqual({ kind: "request", member: "m" });
    expect(stepOf({ ...lost, attempts: 3 })).toEqual({
      kind: "failed",
      member: "m",
      reason: "image i is gone: Nova removes the image of a snapshot that failed (3 attempts)",
    });
  });

  it("does not judge the last attempt while its request is without an answer", () => {
    const waiting = { kind: "wait", member: "m", seen: "to be asked again" };
    expect(stepOf({ attempts: 3, mayAsk: false })).toEqual(waiting);
    expect(stepOf({ requestedImageId: "i", attempts: 3, mayAsk: false })).toEqual(waiting);
    expect(stepOf({ attempts: 3 })).toEqual({
      kind: "failed",
      member: "m",
      reason: "none of its requests was answered, and no image came of them (3 attempts)",
    });
  });

  it("discards an image that nobody works on any more, and gives up at the last", () => {
    const stuck = { image: { id: "i", status: "queued" }, idleMs: abandonedMs };
    expect(stepOf({ ...stuck, idleMs: abandonedMs - 1 })).toMatchObject({ kind: "wait" });
    expect(stepOf({ ...stuck, attempts: 2 })).toEqual({
      kind: "discard",
      member: "m",
      imageId: "i",
    });
    expect(stepOf({ ...stuck, attempts: 3 })).toEqual({
      kind: "failed",
      member: "m",
      reason: "image i is queued and Nova has no task for it (3 attempts)",
    });
  });

  it("is failed when somebody deletes an image that was finished, and not asked for anew", () => {
    expect(stepOf({ isFinished: true, attempts: 1 })).toEqual({
      kind: "failed",
      member: "m",
      reason: "its image was deleted during the capture",
    });
  });

  it("takes a place of its host while the image is under way, one of an earlier run too", () => {
    const adopted = { image: { id: "i", status: "saving" }, taskState: "image_uploading" };
    const plan = planImages(
      [untouched("adopted", adopted), untouched("next"), untouched("elsewhere", { host: "host1" })],
      limitsOf({ ofHost: () => 1 }),
    );
    expect(plan.slice(1)).toEqual([
      { kind: "wait", member: "next", seen: "its turn" },
      { kind: "request", member: "elsewhere" },
    ]);
  });
});

/** A cloud in which each image takes some ticks, and some are lost on the way. */
class ToyCloud {
  readonly requests = new Map<string, number>();
  private readonly made = new Map<string, { readyAt: number; isLost: boolean }>();
  private now = 0;

  constructor(private readonly plans: readonly { host: string; ticks: number; lost: number }[]) {}

  observe(): ImageObservation[] {
    return this.plans.map(({ host }, i) => {
      const member = `m${i}`;
      const image = this.made.get(member);
      const isReady = image !== undefined && image.readyAt <= this.now;
      const isGone = isReady && image.isLost;
      return untouched(member, {
        host,
        taskState: image === undefined || isReady ? null : "image_uploading",
        image:
          image === undefined || isGone
            ? undefined
            : { id: member, status: isReady ? "active" : "saving" },
        requestedImageId: image === undefined ? undefined : member,
        attempts: this.requests.get(member) ?? 0,
      });
    });
  }

  carryOut(steps: readonly ImageStep[]): void {
    this.now += 1;
    for (const step of steps.filter(({ kind }) => kind === "request")) {
      const plan = this.plans[Number(step.member.slice(1))];
      const count = (this.requests.get(step.member) ?? 0) + 1;
      this.requests.set(step.member, count);
      this.made.set(step.member, {
        readyAt: this.now + (plan?.ticks ?? 0),
        isLost: count <= (plan?.lost ?? 0),
      });
    }
  }
}

describe("tick after tick", () => {
  const plan = fc.record({
    host: fc.constantFrom("host0", "host1"),
    ticks: fc.integer({ min: 0, max: 5 }),
    lost: fc.nat({ max: attempts }),
  });

  it("ends with every image made or failed, none asked for more often than needed", () => {
    fc.assert(
      fc.property(fc.array(plan, { maxLength: 12 }), limits, (plans, bounds) => {
        const cloud = new ToyCloud(plans);
        const isOpen = ({ kind }: ImageStep) => kind === "wait" || kind === "request";
        let steps = planImages(cloud.observe(), bounds);
        for (let tick = 0; steps.some(isOpen) && tick < 1000; tick += 1) {
          cloud.carryOut(steps);
          steps = planImages(cloud.observe(), bounds);
        }
        expect(steps.map(({ kind }) => kind)).toEqual(
          plans.map(({ lost }) => (lost < attempts ? "done" : "failed")),
        );
        expect(plans.map((_, i) => cloud.requests.get(`m${i}`))).toEqual(
          plans.map(({ lost }) => Math.min(lost + 1, attempts)),
        );
      }),
    );
  });
});
