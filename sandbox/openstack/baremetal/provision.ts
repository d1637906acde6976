import { z } from "zod";
import type { BareMetalNode } from "../../world/baremetal/records";
import { Refusal } from "../../world/refusal";
import type { World } from "../../world/world";
import { snapshotMinor } from "./version";

/** From which minor version on a verb may be asked for; the others always. */
const verbsSince: Readonly<Record<string, number>> = {
  manage: 4,
  provide: 4,
  inspect: 6,
  abort: 13,
  clean: 15,
  adopt: 17,
  rescue: 38,
  unrescue: 38,
  deploy: 73,
  undeploy: 73,
};

const parameters = [
  "target",
  "configdrive",
  "clean_steps",
  "deploy_steps",
  "rescue_password",
  "disable_ramdisk",
];

/** PUT /v1/nodes/{node}/states/provision, in the order in which Ironic looks at things. */
export function provision(world: World, node: BareMetalNode, body: unknown, minor: number): void {
  const { offersSnapshots, conductor } = world.bareMetal;
  const given = requestOf(body, offersSnapshots ? [...parameters, "image_ref"] : parameters);
  const { target } = given;
  const since: Record<string, number> = {
    ...verbsSince,
    ...(offersSnapshots ? { snapshot: snapshotMinor } : {}),
  };
  if (minor < (since[target] ?? 0)) throw new Refusal(406, "Request not acceptable.");
  conductor.checkTarget(node, target);
  checkOnlyFor("rescue_password", "rescue", given);
  checkOnlyFor("image_ref", "snapshot", given);
  const imageRef = target === "snapshot" ? imageRefOf(given.image_ref) : "";
  conductor.provision(node, target, imageRef);
}

/** PUT /v1/nodes/{node}/states/power. */
export function setPower(world: World, node: BareMetalNode, ident: string, body: unknown): void {
  const { target, timeout } = requestOf(body, ["target", "timeout"]);
  const timeoutMs = typeof timeout === "number" ? timeout * 1000 : undefined;
  world.bareMetal.conductor.power.request(node, ident, target, timeoutMs);
}

interface Request extends Record<string, unknown> {
  target: string;
}

function requestOf(body: unknown, known: readonly string[]): Request {
  const given = z.record(z.string(), z.unknown()).catch({}).parse(body);
  const unknown = Object.keys(given).filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Refusal(400, `Unexpected arguments: ${unknown.join(", ")}`);
  const { target } = given;
  if (target === undefined) throw new Refusal(400, "Missing mandatory parameter: target");
  if (typeof target !== "string") {
    throw new Refusal(400, `Expected string for target: ${JSON.stringify(target)}`);
  }
  return { ...given, target };
}

function checkOnlyFor(name: string, target: string, given: Request): void {
  if (given[name] === undefined || given[name] === null || given.target === target) return;
  throw new Refusal(
    400,
    `"${name}" is only valid when setting target provision state to ${target}`,
  );
}

/** The image that receives a snapshot, by its UUID. @throws {Refusal} 400 for anything else */
function imageRefOf(given: unknown): string {
  if (typeof given !== "string" || given.trim() === "") {
    throw new Refusal(
      400,
      'A non-empty "image_ref" is required when setting target provision state to snapshot',
    );
  }
  if (z.guid().safeParse(given).success) return given;
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(given)) {
    throw new Refusal(
      400,
      'The "image_ref" is a URL. URLs are for standalone usage, which the specification does not cover: create an image in the Image service first, and name its UUID.',
    );
  }
  throw new Refusal(400, `Expected a UUID but received ${given}.`);
}
