import { newSnapId } from "../../snapset/snapId";

describe("a snap_id of a new set", () => {
  it("begins and ends with a letter or a digit, as a label of Kubernetes must", () => {
    const draws = [
      Buffer.from("-aaaaaa1", "base64url"),
      Buffer.from("1aaaaaa_", "base64url"),
      Buffer.from("1a-aa_a2", "base64url"),
    ];
    expect(newSnapId(() => draws.shift() ?? Buffer.alloc(6))).toBe("1a-aa_a2");
    expect(draws).toEqual([]);
  });
});
