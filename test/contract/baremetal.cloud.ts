import { describeBareMetalContract } from "./baremetal";

const { env } = process;
const cloud = env["OS_CLOUD"] ?? "";

// Nodes are made by an administrator, whose cloud is named after the member's.
describeBareMetalContract(`${cloud}-admin`, () =>
  Promise.resolve({ admin: { ...env, OS_CLOUD: `${cloud}-admin` }, member: env }),
);
