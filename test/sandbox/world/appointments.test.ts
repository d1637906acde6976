import fc from "fast-check";
import { Appointments, type Due } from "../../../sandbox/world/appointments";

const arbitrary = fc.array(fc.record({ due: fc.nat(20), isCancelled: fc.boolean() }));

describe("appointments", () => {
  it("come in the order of their time, those of one time as they were made, and no cancelled one", () => {
    fc.assert(
      fc.property(arbitrary, (plans) => {
        const entries: Due[] = plans.map((plan, order) => ({ ...plan, order }));
        const appointments = new Appointments<Due>();
        for (const entry of entries) appointments.add(entry);
        const taken: Due[] = [];
        for (let next = appointments.take(); next !== undefined; next = appointments.take()) {
          taken.push(next);
        }
        const expected = entries
          .filter(({ isCancelled }) => !isCancelled)
          .sort((a, b) => a.due - b.due || a.order - b.order);
        expect(taken).toEqual(expected);
      }),
    );
  });

  it("are called off after they were made, too", () => {
    const appointments = new Appointments<Due>();
    const [first, second] = [1, 2].map((due) => ({ due, order: due, isCancelled: false }));
    if (first === undefined || second === undefined) throw new Error("unreachable");
    appointments.add(second);
    appointments.add(first);
    first.isCancelled = true;
    expect(appointments.peek()).toBe(second);
    appointments.clear();
    expect(appointments.take()).toBeUndefined();
  });
});
