// Where the stubs that Pulumi keeps in its state enter today's code. The name of this file and of
// `call` are for ever: yesterday's state calls them.
require("../common/typescript.cjs");

exports.call = (kind, method, args) => require("./providers/index.ts").call(kind, method, args);
