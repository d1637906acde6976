#!/usr/bin/env node
// Plain JavaScript, so that npx can run it: everything behind it is loaded by tsx, or is compiled.
const { existsSync } = require("node:fs");
const { join } = require("node:path");

const source = join(__dirname, "main.ts");
const isSource = existsSync(source);
if (isSource) require("../common/typescript.cjs");
const { main } = require(isSource ? source : "../dist/cli/main.js");

main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
