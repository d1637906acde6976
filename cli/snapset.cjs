#!/usr/bin/env node
// Plain JavaScript, so that npx can run it: everything behind it is loaded by tsx.
require("../common/typescript.cjs");
const { main } = require("./main.ts");

main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
