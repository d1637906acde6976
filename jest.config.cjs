// West of UTC: there a time that is read without its zone is hours late, which UTC itself would hide.
process.env.TZ = "America/New_York";

/** @type {import("jest").Config} */
module.exports = {
  testEnvironment: "node",
  roots: ["<rootDir>/test"],
  testMatch: ["**/*.test.ts"],
  // The long tests wait for the OpenStack provider's fixed delays rather than for a processor.
  maxWorkers: 3,
  testTimeout: 30_000,
  // These packages are ES modules only; Node loads them by require, Jest has to transform them.
  transformIgnorePatterns: [
    "/node_modules/(?!(@kubernetes/client-node|openid-client|oauth4webapi|jose)/)",
  ],
  transform: {
    "^.+\\.[jt]s$": [
      "@swc/jest",
      {
        module: { type: "commonjs" },
        jsc: { target: "es2023", parser: { syntax: "typescript" } },
      },
    ],
  },
};
