import { Refusal } from "../../world/refusal";
import type { Ctx } from "../face";

/** The range of microversions, as Nova 26 (Zed) has it. */
export const minVersion = "2.1";
export const maxVersion = "2.93";

const maxMinor = 93;

/**
 * The microversion that a request asks for, as its minor number: 93 for 2.93.
 *
 * @throws {Refusal} 400 when it is malformed
 */
export function microversion(c: Ctx): number {
  const legacy = c.req.header("x-openstack-nova-api-version");
  const current = /compute\s+(\S+)/.exec(c.req.header("openstack-api-version") ?? "")?.[1];
  const text = current ?? legacy;
  if (text === undefined) return 1;
  if (text === "latest") return maxMinor;
  const match = /^([1-9]\d*)\.(\d+)$/.exec(text);
  if (match === null) {
    throw new Refusal(
      400,
      `API Version String ${text} is of invalid format. Must be of format MajorNum.MinorNum.`,
    );
  }
  return match[1] === "2" ? Number(match[2]) : Infinity;
}

/** Whether the sandbox's Nova has the microversion. */
export const isSupported = (minor: number): boolean => minor >= 1 && minor <= maxMinor;

/** The 406 for a microversion out of range. */
export function notAcceptable(c: Ctx): Response {
  const asked = c.req.header("x-openstack-nova-api-version") ?? maxVersion;
  const message = `Version ${asked} is not supported by the API. Minimum is ${minVersion} and maximum is ${maxVersion}.`;
  return c.json({ computeFault: { code: 406, message } }, 406);
}
