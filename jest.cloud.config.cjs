const base = require("./jest.config.cjs");

/** @type {import("jest").Config} What runs against the cloud that OS_CLOUD names. */
module.exports = {
  ...base,
  testMatch: ["**/*.cloud.ts"],
  // Servers are built for real; and a small cloud is not given two environments at once.
  testTimeout: 1_200_000,
  maxWorkers: 1,
};
