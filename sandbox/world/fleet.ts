import type { Server } from "./compute/records";
import { callerOf, type Caller } from "./identity";
import type { World } from "./world";

/** Many servers at once. */
export interface FleetOptions {
  count: number;
  /** The name of the nth, counted from 0. @default `node-0`, `node-1`, … */
  name?: (index: number) => string;
  /** @default running */
  isOff?: boolean;
  /** Whose they are. @default demo */
  user?: string;
}

/** Modelled milliseconds until everything built is up, and until everything told to stop is off. */
const upMs = 20_000;
const offMs = 5_000;
const cidr = "10.128.0.0/16";

/**
 * Makes servers as the API would, each with a port on one network, and moves the world on until all
 * are up: a thousand in about a second.
 */
export function addFleet(world: World, options: FleetOptions): Server[] {
  const { count, name = (index) => `node-${index}`, isOff = false, user = "demo" } = options;
  const who = callerOf(world.identity.logInAs(user));
  const networkId = networkOf(world, who);
  const flavorId = world.compute.servers.flavors[0]?.id ?? "";
  const imageId = world.images.all()[0]?.id ?? "";
  const servers = Array.from({ length: count }, (_, index) => {
    const port = world.networking.ports.create(who.projectId, networkId, {});
    return world.compute.building.create(who, {
      name: name(index),
      flavorId,
      imageId,
      networks: [{ port: port.id }],
      blockDevices: [],
      requestId: `req-${world.ids.uuid()}`,
    });
  });
  world.clock.advance(upMs / world.clock.timeScale);
  if (!isOff) return servers;
  for (const server of servers) world.compute.power.stop(server, who);
  world.clock.advance(offMs / world.clock.timeScale);
  return servers;
}

function networkOf(world: World, who: Caller): string {
  const { networks, tables } = world.networking;
  const name = "fleet";
  const existing = [...tables.networks.values()].find(
    (network) => network.name === name && network.project_id === who.projectId,
  );
  if (existing !== undefined) return existing.id;
  const network = networks.create(who.projectId, { name });
  networks.createSubnet(who, { network_id: network.id, name, cidr });
  return network.id;
}
