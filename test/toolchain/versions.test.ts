import { formatVersion, isAtLeast, parseVersion } from "../../toolchain/versions";

test.each([
  ["v3.259.0\n", "3.259.0"],
  ["3.150.1-alpha.7", "3.150.1"],
  ["go version go1.26.8 linux/amd64", "1.26.8"],
  ["go version go1.27rc1 linux/arm64", "1.27.0"],
])("reads the version in %j", (text, expected) => {
  expect(formatVersion(parseVersion(text) ?? [0, 0, 0])).toBe(expected);
});

test("finds none where there is none", () => {
  expect(parseVersion("go version devel +abc linux/amd64")).toBeUndefined();
});

test.each([
  [[3, 150, 0], true],
  [[3, 259, 0], true],
  [[4, 0, 0], true],
  [[3, 149, 9], false],
  [[2, 200, 200], false],
] as const)("compares %j with 3.150.0", (version, expected) => {
  expect(isAtLeast(version, [3, 150, 0])).toBe(expected);
});
