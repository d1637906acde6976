import { Refusal } from "../../world/refusal";
import type { World } from "../../world/world";
import type { Ctx } from "../face";

const header = "X-OpenStack-Ironic-API-Version";
const oldestMinor = 1;
/** What the Ironic that the sandbox is held to speaks (21.4, of the release 2023.1). */
const releasedMinor = 82;
/**
 * The microversion that guards the verb `snapshot`. The specification names none; this is far from
 * those that releases have given to other things.
 */
export const snapshotMinor = 200;

/** The newest minor version: what the specification adds has one of its own. */
function newestMinor(world: World): number {
  return world.bareMetal.offersSnapshots ? snapshotMinor : releasedMinor;
}

/** The headers of every answer of the API, and the version that was asked for where it is one. */
export function versionHeaders(world: World, c: Ctx): Record<string, string> {
  const range = {
    "X-OpenStack-Ironic-API-Minimum-Version": `1.${oldestMinor}`,
    "X-OpenStack-Ironic-API-Maximum-Version": `1.${newestMinor(world)}`,
    "openstack-request-id": c.get("requestId"),
  };
  const wanted = versionOf(c, world);
  return isSupported(wanted, world) ? { ...range, [header]: wanted.join(".") } : range;
}

/** The minor version that a request is written for. @throws {Refusal} 406 for one that there is not */
export function minorOf(c: Ctx, world: World): number {
  const wanted = versionOf(c, world);
  const range = `The supported version range is: [1.${oldestMinor}, 1.${newestMinor(world)}].`;
  if (wanted.length !== 2) {
    throw new Refusal(406, `Invalid value for ${header} header`, "HTTPNotAcceptable");
  }
  if (wanted[0] !== 1) {
    throw new Refusal(
      406,
      `Mutually exclusive versions requested. Version ${wanted.join(".")} requested but not supported by this service. ${range}`,
      "HTTPNotAcceptable",
    );
  }
  if (!isSupported(wanted, world)) {
    throw new Refusal(
      406,
      `Version ${wanted.join(".")} was requested but the minor version is not supported by this service. ${range}`,
      "HTTPNotAcceptable",
    );
  }
  return wanted[1] ?? oldestMinor;
}

function versionOf(c: Ctx, world: World): number[] {
  const text = c.req.header(header) ?? `1.${oldestMinor}`;
  const known = text.toLowerCase() === "latest" ? `1.${newestMinor(world)}` : text;
  return /^\d+\.\d+$/.test(known) ? known.split(".").map(Number) : [];
}

function isSupported(version: readonly number[], world: World): boolean {
  const [major, minor = 0] = version;
  return major === 1 && minor >= oldestMinor && minor <= newestMinor(world);
}

/** What the root and `/v1` say of the one version of the API. */
export function describeVersion(c: Ctx, world: World) {
  return {
    id: "v1",
    links: [{ href: `${c.env.origin}/baremetal/v1/`, rel: "self" }],
    status: "CURRENT",
    min_version: `1.${oldestMinor}`,
    version: `1.${newestMinor(world)}`,
  };
}
