import { decodeManifest, encodeManifest } from "../../../snapset/manifest";
import { manifestOf } from "../arbitraries";
import { discovered } from "./lab";

/** Text that does not get smaller: 16 KB, as Nova takes at most 64 KB in base64. */
function userData(seed: number): string {
  let state = seed;
  const digits = Array.from({ length: 16_384 }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return String.fromCharCode(32 + (Math.floor(state / 65_536) % 95));
  });
  return digits.join("");
}

it("five nodes with 16 KB of user data each fit into properties that Glance takes", () => {
  const { environment } = discovered();
  const [node] = environment.nodes;
  const nodes = [1, 2, 3, 4, 5].map((i) => ({ ...node, name: `node${i}`, userData: userData(i) }));
  const manifest = manifestOf("AbCdEf12", { environment: { ...environment, nodes } });
  const properties = encodeManifest(manifest);
  const sizes = Object.values(properties).map((text) => Buffer.byteLength(text));
  expect(Math.max(...sizes)).toBeLessThanOrEqual(65_535);
  expect(sizes.length).toBeLessThanOrEqual(2);
  expect(decodeManifest(properties, "the anchor")).toEqual(manifest);
});
