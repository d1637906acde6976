import { join } from "node:path";
import type { Programs } from "./ControlPlane";

/** The programs that `npm run test:kube` has found or built; those on PATH where it names no folder. */
export const programs: Programs = (name) => {
  const directory = process.env["OCAPI_BIN"];
  return directory === undefined || directory === "" ? name : join(directory, name);
};
