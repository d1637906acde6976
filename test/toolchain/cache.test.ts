import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cacheDirectory, readFolder, toolKey } from "../../toolchain/cache";
import type { Tool } from "../../toolchain/tools";

const tool: Tool = {
  name: "tool",
  version: "1.0.0",
  folder: "tool",
  package: "./cmd/tool",
  tags: [],
  variables: {},
  target: "bin/tool",
  usually: "1 s",
};
const go = "go version go1.26.8 linux/amd64";
const files = new Map([
  ["go.mod", Buffer.from("module tool")],
  ["go.sum", Buffer.from("sum")],
]);

test.each([
  [{ SNAPSET_CACHE: "/own", XDG_CACHE_HOME: "/xdg" }, "/own"],
  [{ SNAPSET_CACHE: "", XDG_CACHE_HOME: "/xdg" }, "/xdg/snapset"],
  [{ XDG_CACHE_HOME: "" }, "/home/me/.cache/snapset"],
  [{}, "/home/me/.cache/snapset"],
])("with %j the cache is %s", (env, expected) => {
  expect(cacheDirectory(env, "/home/me")).toBe(expected);
});

test("the same source, flags and Go have the same key", () => {
  const copy = new Map([...files].map(([path, content]) => [path, Buffer.from(content)]));
  expect(toolKey({ ...tool }, copy, go)).toBe(toolKey(tool, files, go));
});

test.each([
  ["another Go", tool, files, "go version go1.27.0 linux/amd64"],
  ["another platform", tool, files, "go version go1.26.8 linux/arm64"],
  ["another flag", { ...tool, tags: ["osusergo"] }, files, go],
  ["another content", tool, new Map([...files, ["go.sum", Buffer.from("other")]]), go],
  ["another file", tool, new Map([...files, ["main.go", Buffer.from("")]]), go],
  [
    "content that moved from one file to the next",
    tool,
    new Map([
      ["go.mod", Buffer.from("module tools")],
      ["go.sum", Buffer.from("um")],
    ]),
    go,
  ],
])("%s has another key", (_, changedTool, changedFiles, changedGo) => {
  expect(toolKey(changedTool, changedFiles, changedGo)).not.toBe(toolKey(tool, files, go));
});

test("a folder is read with all below it, in order", () => {
  const folder = mkdtempSync(join(tmpdir(), "snapset-folder-"));
  try {
    mkdirSync(join(folder, "cmd", "tool"), { recursive: true });
    writeFileSync(join(folder, "go.mod"), "module tool");
    writeFileSync(join(folder, "cmd", "tool", "main.go"), "package main");
    const read = [...readFolder(folder)].map(([path, content]) => [path, content.toString()]);
    expect(read).toEqual([
      ["cmd/tool/main.go", "package main"],
      ["go.mod", "module tool"],
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
