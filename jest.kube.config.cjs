const base = require("./jest.config.cjs");

/** @type {import("jest").Config} What runs against a real Kubernetes API, which it starts itself. */
module.exports = {
  ...base,
  testMatch: ["**/*.kube.ts"],
  // Certificates are signed, leases run out and servers start in their own time.
  testTimeout: 120_000,
  maxWorkers: 1,
};
