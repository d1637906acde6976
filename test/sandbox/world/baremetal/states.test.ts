import {
  baseTransitions,
  eventOf,
  snapshotStates,
  snapshotTransitions,
  stateMachine,
  StateMachine,
} from "../../../../sandbox/world/baremetal/states";

const specification = [
  "active -> snapshotting (on snapshot) Prepare boot and network",
  "snapshotting -> snapshot failed (on fail) On error",
  "snapshotting -> snapshot wait (on wait) Wait for ramdisk alive",
  "snapshot wait -> snapshotting (on resume) Image streaming and uploading",
  "snapshot wait -> snapshot failed (on fail) On timeout",
  "snapshot wait -> snapshot failed (on abort) On abort request",
  "snapshotting -> active (on done) Snapshot complete",
  "snapshot failed -> active (on abort) Abort a failed snapshot",
  "snapshot failed -> snapshotting (on snapshot) Retrigger a failed snapshot",
  "snapshot wait -> deleting (on deleted) Abort snapshot and undeploy",
  "snapshot failed -> deleting (on deleted) Abort and undeploy",
];

describe("the state machine of Ironic with snapshots", () => {
  const machine = stateMachine(true);
  const all = [...baseTransitions, ...snapshotTransitions];
  const states = [...machine.states];
  const events = [...new Set(all.map(({ event }) => event))];

  it('"Add following states to the state machine": snapshot wait, snapshotting, snapshot failed', () => {
    expect(states).toEqual(expect.arrayContaining([...snapshotStates]));
    const without = [...stateMachine(false).states];
    expect(without.filter((state) => state.includes("snapshot"))).toEqual([]);
    expect(new Set([...without, ...snapshotStates])).toEqual(machine.states);
  });

  it("has the specification's eleven transitions, in its words, and no other of a snapshot", () => {
    const written = snapshotTransitions.map(
      ({ from, event, to, meaning }) => `${from} -> ${to} (on ${event}) ${meaning}`,
    );
    expect(written).toEqual(specification);
    const inBase = baseTransitions.filter((transition) =>
      Object.values(transition).some((word: string) => word.includes("snapshot")),
    );
    expect(inBase).toEqual([]);
  });

  it.each(specification)("%s", (line) => {
    const [, from = "", to, event = ""] = /^(.+) -> (.+) \(on (\w+)\)/.exec(line) ?? [];
    expect(machine.next(from, event)).toBe(to);
    expect(stateMachine(false).next(from, event)).toBeUndefined();
  });

  it("makes nothing possible that is not in its tables, whatever is asked in whatever state", () => {
    const expected = new Map(all.map(({ from, event, to }) => [`${from} ${eventOf(event)}`, to]));
    expect(expected.size).toBe(all.length);
    for (const state of [...states, "rescue", "unknown"]) {
      for (const event of [...events, "delete", "rescue", "unknown"]) {
        expect(`${state} ${event}: ${machine.next(state, event) ?? "no"}`).toBe(
          `${state} ${event}: ${expected.get(`${state} ${eventOf(event)}`) ?? "no"}`,
        );
      }
    }
  });

  it("leads from every state of a snapshot back to active, and to available", () => {
    const reachableFrom = (start: string) => {
      const reached = new Set([start]);
      for (const state of reached) {
        for (const { from, to } of all) if (from === state) reached.add(to);
      }
      return reached;
    };
    for (const state of snapshotStates) {
      expect([...reachableFrom(state)]).toEqual(expect.arrayContaining(["active", "available"]));
    }
  });

  it("is on its way to active during a snapshot, and stays in stable states", () => {
    expect(snapshotStates.map((state) => machine.targetOf(state))).toEqual([
      "active",
      "active",
      "active",
    ]);
    expect(["enroll", "available", "active", "error"].map((it) => machine.targetOf(it))).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });

  it("cannot be told two things at once of one event", () => {
    const twice = [...snapshotTransitions, ...snapshotTransitions.slice(0, 1)];
    expect(() => new StateMachine(twice)).toThrow(
      'The event "snapshot" of the state "active" is there twice.',
    );
  });
});
