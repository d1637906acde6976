import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BuildError, buildArguments, buildTool, Progress } from "../../toolchain/build";
import type { Tool } from "../../toolchain/tools";

const tool: Tool = {
  name: "tool",
  version: "1.2.3",
  folder: "tool",
  package: "example.org/tool/cmd/tool",
  tags: ["osusergo", "grpcnotrace"],
  variables: { "example.org/version.Version": "v1.2.3" },
  target: "bin/tool",
  usually: "1 s",
};

test("go is told all that decides what comes out", () => {
  expect(buildArguments(tool, "/cache/out")).toEqual([
    "build",
    "-v",
    "-mod=readonly",
    "-trimpath",
    "-buildvcs=false",
    "-tags",
    "osusergo,grpcnotrace",
    "-ldflags",
    "-s -w -X example.org/version.Version=v1.2.3",
    "-o",
    "/cache/out",
    "example.org/tool/cmd/tool",
  ]);
});

test("a tool's own flags come before its tags", () => {
  const args = buildArguments({ ...tool, flags: ["-pgo=off"] }, "/cache/out");
  expect(args.slice(4, 7)).toEqual(["-buildvcs=false", "-pgo=off", "-tags"]);
});

test("progress counts downloads and packages, also when a piece ends within a line", () => {
  const progress = new Progress();
  progress.take("go: downloading cel.dev/expr v0.25.2\ngo: downlo");
  progress.take("ading google.golang.org/grpc v1.80.0\nunicode/utf8\ncel.dev/ex");
  expect(progress.seen()).toBe("2 modules downloaded, 1 packages compiled");
  progress.take("pr\n");
  expect(progress.seen()).toBe("2 modules downloaded, 2 packages compiled");
});

test("the tail has what the compiler complains about, and at most 20 lines of it", () => {
  const progress = new Progress();
  progress.take("fmt\n# snapset/toolchain/openstack\n");
  for (let i = 1; i <= 19; i += 1) progress.take(`./main.go:${i}:2: undefined: x\n`);
  progress.take("too many errors");
  const tail = progress.tail();
  expect(tail).toHaveLength(20);
  expect(tail[0]).toBe("./main.go:1:2: undefined: x");
  expect(tail[19]).toBe("too many errors");
});

test("a failed build says what failed, the compiler's last words, and that it can go on", () => {
  expect(new BuildError(tool, ["./main.go:3:2: undefined: x"]).message).toBe(
    "toolchain: building tool 1.2.3 failed\n    ./main.go:3:2: undefined: x\n" +
      "Run the same command again to go on from here.",
  );
});

describe("with a go of our own", () => {
  const path = process.env["PATH"];
  let folder: string;
  let output: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "snapset-build-"));
    output = join(folder, "tools", "tool-key");
    mkdirSync(join(folder, "tools"));
    process.env["PATH"] = `${folder}:${path ?? ""}`;
  });

  afterEach(() => {
    process.env["PATH"] = path;
    rmSync(folder, { recursive: true });
  });

  test("a build leaves the program alone, without what interrupted ones left", async () => {
    mkdirSync(join(folder, "tools", ".tool-key.unfinished.1.work", "go-build1"), {
      recursive: true,
    });
    writeFileSync(join(folder, "tools", ".tool-key.unfinished.1"), "half");
    goDoes(
      `while [ "$1" != -o ]; do shift; done; touch "$GOTMPDIR/x"; ls "${folder}/tools" -A >"$2"`,
    );
    await buildTool(tool, folder, output, () => undefined);
    expect(readdirSync(join(folder, "tools"))).toEqual(["tool-key"]);
    const during = readFileSync(output, "utf8");
    const own = `.tool-key.unfinished.${process.pid}`;
    expect(during.trim().split("\n").sort()).toEqual([own, `${own}.work`]);
  });

  test("a build that fails leaves no program", async () => {
    goDoes("echo './main.go:3:2: undefined: x' >&2; exit 1");
    await expect(buildTool(tool, folder, output, () => undefined)).rejects.toThrow(
      new BuildError(tool, ["./main.go:3:2: undefined: x"]),
    );
    expect(readdirSync(join(folder, "tools"))).not.toContain("tool-key");
  });

  function goDoes(script: string): void {
    writeFileSync(join(folder, "go"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
});
