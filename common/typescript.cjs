// Lets Node load TypeScript: every entry of this project requires it first. tsx looks into each file that
// is loaded, and those of node_modules, several thousand, are JavaScript already: they are left to
// Node, which saves most of a second at each start.
const { _extensions: extensions } = require("node:module");

const plain = extensions[".js"];
require("tsx/cjs");
const transformed = extensions[".js"];

extensions[".js"] = (module, filename) => {
  const load = filename.includes("/node_modules/") ? plain : transformed;
  load(module, filename);
};
