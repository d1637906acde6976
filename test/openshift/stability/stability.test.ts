import * as fc from "fast-check";
import {
  advanceStability,
  assessStability,
  describeStability,
  nothingObserved,
  type StabilityObservation,
  type StabilityState,
} from "../../../openshift/stability/stability";
import { healthy, operator } from "../operators";

const second = 1000;
const at = (s: number) => ({ askedAt: s * second, answeredAt: s * second });

function watch(observations: StabilityObservation[], periodMs = 60 * second): StabilityState {
  return observations.reduce(
    (state, observation) => advanceStability(state, observation, periodMs),
    nothingObserved,
  );
}

describe("assessStability", () => {
  test("every operator has to be Available, not Progressing, not Degraded", () => {
    expect(assessStability([healthy("dns"), healthy("etcd")])).toEqual({
      stable: true,
      reasons: [],
    });
    const operators = [
      healthy("dns"),
      operator("ingress", { Available: "False", Progressing: "False", Degraded: "True" }),
    ];
    expect(assessStability(operators)).toEqual({
      stable: false,
      reasons: [{ operator: "ingress", what: "Available=False Degraded=True" }],
    });
  });

  test("a missing or an unknown condition is unstable", () => {
    const operators = [
      operator("dns", { Available: "True", Degraded: "False" }),
      operator("etcd", { Available: "Unknown", Progressing: "False", Degraded: "False" }),
      { metadata: { name: "olm" } },
    ];
    expect(assessStability(operators).reasons).toEqual([
      { operator: "dns", what: "Progressing missing" },
      { operator: "etcd", what: "Available=Unknown" },
      { operator: "olm", what: "Available missing Progressing missing Degraded missing" },
    ]);
  });

  test("no operators are not a stable cluster", () => {
    expect(assessStability([])).toEqual({ stable: false, reasons: [] });
  });
});

describe("advanceStability", () => {
  const stable = [healthy("dns"), healthy("ingress")];
  const broken = [healthy("dns"), operator("ingress", { Available: "False" })];

  test("is done when the period has passed", () => {
    const state = watch([0, 30, 60].map((s) => ({ ...at(s), operators: stable })));
    expect(state).toMatchObject({ isDone: true, stableSince: 0, observations: 3, operators: 2 });
  });

  test("counts from the answer of the first observation to the question of the last", () => {
    const state = watch([
      { askedAt: 0, answeredAt: 9 * second, operators: stable },
      { askedAt: 68 * second, answeredAt: 80 * second, operators: stable },
    ]);
    expect(state.isDone).toBe(false);
    const later = { askedAt: 69 * second, answeredAt: 69 * second, operators: stable };
    expect(advanceStability(state, later, 60 * second).isDone).toBe(true);
  });

  test.each([
    ["an unstable operator", { operators: broken }],
    ["an empty list", { operators: [] }],
    ["a failed list", { error: "cannot list clusteroperators: 503 starting" }],
  ])("%s starts the period anew", (_, interruption) => {
    const state = watch([
      { ...at(0), operators: stable },
      { ...at(30), ...interruption },
      { ...at(40), operators: stable },
      { ...at(70), operators: stable },
    ]);
    expect(state).toMatchObject({ isDone: false, stableSince: 40 * second });
  });

  test("says what changed, and since when", () => {
    const states = [
      { ...at(0), operators: stable },
      { ...at(10), operators: broken },
      { ...at(22), operators: broken },
      { ...at(30), operators: stable },
    ].reduce<StabilityState[]>(
      (all, seen) => [...all, advanceStability(all.at(-1) ?? nothingObserved, seen, 60 * second)],
      [],
    );
    expect(states.map((state) => describeStability(state, 60 * second))).toEqual([
      "stable 0.0 s of 1 m 0 s",
      "1 of 2 operators not stable: ingress Available=False Progressing missing Degraded missing since 0.0 s",
      "1 of 2 operators not stable: ingress Available=False Progressing missing Degraded missing since 12 s",
      "stable 0.0 s of 1 m 0 s",
    ]);
    expect(states.map((state) => state.changes)).toEqual([
      [],
      ["ingress became Available=False Progressing missing Degraded missing"],
      [],
      ["ingress stabilized after 20 s"],
    ]);
  });

  test("names three operators at most", () => {
    const operators = ["a", "b", "c", "d"].map((name) =>
      operator(name, { Available: "True", Progressing: "True", Degraded: "False" }),
    );
    expect(describeStability(watch([{ ...at(0), operators }]), second)).toBe(
      "4 of 4 operators not stable: a Progressing=True since 0.0 s, b Progressing=True since 0.0 s, c Progressing=True since 0.0 s, …",
    );
  });

  const observations = fc
    .array(
      fc.record({
        pauseMs: fc.integer({ min: 0, max: 40_000 }),
        tookMs: fc.integer({ min: 0, max: 20_000 }),
        what: fc.constantFrom<"stable" | "broken" | "empty" | "error">(
          "stable",
          "stable",
          "stable",
          "stable",
          "broken",
          "empty",
          "error",
        ),
      }),
      { maxLength: 40 },
    )
    .map((looks) => {
      let now = 0;
      return looks.map(({ pauseMs, tookMs, what }): StabilityObservation => {
        const askedAt = now + pauseMs;
        now = askedAt + tookMs;
        const seen =
          what === "error" ? { error: "down" } : { operators: { stable, broken, empty: [] }[what] };
        return { askedAt, answeredAt: now, ...seen };
      });
    });

  test("a period is never shorter than asked for, whatever is observed", () => {
    fc.assert(
      fc.property(observations, fc.integer({ min: 0, max: 120_000 }), (looks, periodMs) => {
        let state = nothingObserved;
        looks.forEach((look, index) => {
          state = advanceStability(state, look, periodMs);
          if (!state.isDone) return;
          const isBad = (o: StabilityObservation) => "error" in o || o.operators !== stable;
          const row = looks.slice(looks.slice(0, index + 1).findLastIndex(isBad) + 1, index + 1);
          expect(row.length).toBeGreaterThan(0);
          expect(look.askedAt - (row[0]?.answeredAt ?? Infinity)).toBeGreaterThanOrEqual(periodMs);
        });
      }),
    );
  });
});
