import {
  restorationProvider,
  type RestorationInputs,
  type RestorationOutputs,
} from "../../../dynamic/providers/restoration";

const inputs: RestorationInputs = {
  platform: "kubevirt",
  snapId: "AbCdEf12",
  trigger: "1",
  members: [{ name: "db", role: "compute", target: "db", imageId: "uid", volumes: [] }],
  readiness: { policy: "StopTarget", gracePeriod: 0 },
  deadline: 60_000,
  selfUrn: "urn:test",
};
const whole: RestorationOutputs = { ...inputs, schemaVersion: 3, phase: "whole", phases: [] };
const provider = restorationProvider({
  config: { get: () => undefined },
  engine: {
    signal: new AbortController().signal,
    status: () => undefined,
    warn: () => undefined,
  },
});

const changes = async (news: Partial<RestorationInputs>, olds: Partial<RestorationOutputs> = {}) =>
  (await provider.diff("restoration", { ...whole, ...olds }, { ...inputs, ...news })).changes;

describe("a restore is a step and no state", () => {
  it("an unchanged up does nothing, nor does one that would only go about it otherwise", async () => {
    expect(await changes({})).toBe(false);
    expect(await changes({ deadline: 1 })).toBe(false);
    expect(await changes({ readiness: { policy: "FailImmediate", gracePeriod: 0 } })).toBe(false);
  });

  it("another set, another trigger or another target restores again", async () => {
    expect(await changes({ snapId: "AbCdEf13" })).toBe(true);
    expect(await changes({ trigger: "2" })).toBe(true);
    const members = inputs.members.map((member) => ({ ...member, target: "copy" }));
    expect(await changes({ members })).toBe(true);
    const targets = { db: { name: null, macAddresses: { default: "02:00:00:00:00:07" } } };
    expect(await changes({ kubevirt: { targets } as never })).toBe(true);
  });

  it("one that stopped half-way is gone on with", async () => {
    expect(await changes({}, { phase: "unfinished" })).toBe(true);
  });
});
