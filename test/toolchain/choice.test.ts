import { chooseToolchain } from "../../toolchain/choice";

const go = "go version go1.26.8 linux/amd64\n";

test("an installed Pulumi comes before building", () => {
  expect(chooseToolchain({ pulumi: "v3.150.0\n", go })).toEqual({
    kind: "installed",
    version: "3.150.0",
  });
});

test("without Pulumi, all is built with Go", () => {
  expect(chooseToolchain({ pulumi: undefined, go })).toEqual({
    kind: "build",
    goVersion: "go version go1.26.8 linux/amd64",
    because: undefined,
  });
});

test("an old Pulumi is passed over, and it is said why", () => {
  expect(chooseToolchain({ pulumi: "v3.149.0\n", go })).toEqual({
    kind: "build",
    goVersion: "go version go1.26.8 linux/amd64",
    because: "pulumi 3.149.0 on PATH is too old",
  });
});

test.each([
  [undefined, undefined, "no pulumi and no go"],
  ["v3.149.0", undefined, "pulumi 3.149.0 and no go"],
  [undefined, "go version go1.25.3 linux/amd64", "no pulumi and go 1.25.3"],
])("with pulumi %j and go %j, one sentence says what to install", (pulumi, go, seen) => {
  expect(() => chooseToolchain({ pulumi, go })).toThrow(
    new Error(
      "toolchain: install Pulumi 3.150.0 or newer (https://www.pulumi.com/docs/install/) " +
        `or Go 1.26 or newer (https://go.dev/dl/); on PATH there is ${seen}`,
    ),
  );
});
