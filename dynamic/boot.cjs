// Where the stubs that Pulumi keeps in its state enter today's code. The name of this file and of
// `call` are for ever: yesterday's state calls them.
const { existsSync } = require("node:fs");
const { join } = require("node:path");

// The package holds compiled code, the checkout its source.
const source = join(__dirname, "providers", "index.ts");
const isSource = existsSync(source);
if (isSource) require("../common/typescript.cjs");
const providers = isSource ? source : "./providers/index.js";

exports.call = (kind, method, args) => require(providers).call(kind, method, args);
