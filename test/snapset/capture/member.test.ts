import fc from "fast-check";
import { anchorOf, indicationsOf, isVolumeBacked } from "../../../snapset/capture/member";
import type { ServerView } from "../../../snapset/capture/server";
import { instanceOf, memberOf, serverOf } from "./domain";

const guestAgent = fc.constantFrom("none" as const, "asked" as const, "required" as const);

describe("what an image of a member is worth", () => {
  it("is everything where the server was off", () => {
    fc.assert(
      fc.property(guestAgent, (agent) => {
        const member = memberOf(instanceOf(), { guestAgent: agent });
        expect(indicationsOf(member, false)).toEqual([]);
      }),
    );
  });

  it("is the guest agent's word only where Nova would have failed without it", () => {
    const agentOf = (agent: "none" | "asked" | "required", image: ServerView["image"]) =>
      indicationsOf(
        memberOf(instanceOf(), { guestAgent: agent, server: serverOf(instanceOf(), { image }) }),
        true,
      );
    expect(agentOf("required", "")).toEqual(["Online", "GuestAgent"]);
    expect(agentOf("asked", "")).toEqual(["Online", "NoGuestAgent"]);
    expect(agentOf("none", "")).toEqual(["Online", "NoGuestAgent"]);
    // There Nova makes the image all the same when the agent does not answer.
    expect(agentOf("required", { id: "base" })).toEqual(["Online", "NoGuestAgent"]);
  });

  it("is a part where something was left out, on or off", () => {
    const member = memberOf(instanceOf(), { leftOut: ["volume data"] });
    expect(indicationsOf(member, false)).toEqual(["PartialSnapshot"]);
    expect(indicationsOf(member, true)).toEqual(["Online", "NoGuestAgent", "PartialSnapshot"]);
  });
});

describe("the anchor", () => {
  const members = ["worker0", "controller", "master0"].map((name) => memberOf(instanceOf(name)));

  it("is the controller, whatever its name", () => {
    const gate = memberOf(instanceOf("zz-gate", "controller"));
    expect(anchorOf([...members, gate])).toBe(gate);
  });

  it("is the first by name where no member has that role", () => {
    expect(anchorOf(members).instance.name).toBe("controller");
  });

  it("is the same in whatever order the members are given", () => {
    const shuffled = fc.shuffledSubarray(members, { minLength: members.length });
    fc.assert(
      fc.property(shuffled, (some) => {
        expect(anchorOf(some)).toBe(anchorOf(members));
      }),
    );
  });

  it("is there in every set", () => {
    expect(() => anchorOf([])).toThrow(new RangeError("a set has at least one member"));
  });
});

describe("a server that boots from a volume", () => {
  it("has no image of its own", () => {
    const instance = instanceOf();
    expect(isVolumeBacked({ server: serverOf(instance, { image: "" }) })).toBe(true);
    expect(isVolumeBacked({ server: serverOf(instance) })).toBe(false);
  });
});
