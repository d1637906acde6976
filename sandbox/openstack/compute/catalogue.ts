import { z } from "zod";
import type { KeyPair } from "../../world/compute/keypairs";
import type { Image } from "../../world/images";
import { Refusal } from "../../world/refusal";
import type { World } from "../../world/world";
import { param, type Ctx, type Face } from "../face";
import { parseInput } from "./request";
import { microversion } from "./version";
import { flavorView, links } from "./views";

/** What a project finds when it comes: flavors, key pairs, images by proxy, zones, limits. */
export function addCatalogue(face: Face, world: World): void {
  addFlavors(face, world);
  addKeyPairs(face, world);
  addLimits(face, world);
  face.on("get", "/v2.1/os-availability-zone", "listAvailabilityZones", (c) => {
    const zone = { zoneName: "nova", zoneState: { available: true }, hosts: null };
    return c.json({ availabilityZoneInfo: [zone] });
  });
  // The command line asks for the hosts too, and goes on without them when it may not.
  face.on("get", "/v2.1/os-availability-zone/detail", "listAvailabilityZonesDetail", () => {
    throw new Refusal(
      403,
      "Policy doesn't allow os_compute_api:os-availability-zone:detail to be performed.",
    );
  });
  face.on("get", "/v2.1/extensions", "listExtensions", (c) => c.json({ extensions: [] }));
  for (const [path, rule] of [
    ["os-hypervisors", "os-hypervisors:list"],
    ["os-services", "os-services:list"],
  ] as const) {
    face.on("get", `/v2.1/${path}`, `list-${path}`, (c) => {
      if (c.get("caller").isAdmin) return c.json({ [path.slice(3)]: [] });
      throw new Refusal(403, `Policy doesn't allow os_compute_api:${rule} to be performed.`);
    });
  }
  // The image proxy of before 2.36: gophercloud still reads it.
  face.on("get", "/v2.1/images/:id", "showImageByProxy", (c) => {
    const image = world.images.show(param(c, "id"), c.get("caller"));
    return c.json({ image: proxiedImage(c, image) });
  });
}

function proxiedImage(c: Ctx, image: Image) {
  return {
    id: image.id,
    name: image.name,
    minRam: image.minRam,
    minDisk: image.minDisk,
    metadata: image.properties,
    created: `${image.createdAt.toISOString().slice(0, 19)}Z`,
    updated: `${image.updatedAt.toISOString().slice(0, 19)}Z`,
    status: image.status === "active" ? "ACTIVE" : "SAVING",
    progress: image.status === "active" ? 100 : 25,
    "OS-EXT-IMG-SIZE:size": image.size,
    links: links(c.env.origin, `images/${image.id}`),
  };
}

function addFlavors(face: Face, world: World): void {
  const { servers } = world.compute;
  face.on("get", "/v2.1/flavors", "listFlavors", (c) =>
    c.json({
      flavors: servers.flavors.map(({ id, name }) => ({
        id,
        name,
        links: links(c.env.origin, `flavors/${id}`),
        ...(microversion(c) >= 55 ? { description: null } : {}),
      })),
    }),
  );
  face.on("get", "/v2.1/flavors/detail", "listFlavorsDetail", (c) => {
    const minor = microversion(c);
    return c.json({
      flavors: servers.flavors.map((flavor) => flavorView(c.env.origin, flavor, minor)),
    });
  });
  face.on("get", "/v2.1/flavors/:id", "showFlavor", (c) => {
    const flavor = servers.flavor(param(c, "id"));
    return c.json({ flavor: flavorView(c.env.origin, flavor, microversion(c)) });
  });
  face.on("get", "/v2.1/flavors/:id/os-extra_specs", "listExtraSpecs", (c) => {
    servers.flavor(param(c, "id"));
    return c.json({ extra_specs: {} });
  });
}

function addKeyPairs(face: Face, world: World): void {
  const { keyPairs } = world.compute;
  const summary = ({ name, publicKey, fingerprint }: KeyPair) => ({
    name,
    public_key: publicKey,
    fingerprint,
  });
  face.on("get", "/v2.1/os-keypairs", "listKeyPairs", (c) => {
    const pairs = keyPairs.list(c.get("caller"));
    return c.json({ keypairs: pairs.map((pair) => ({ keypair: summary(pair) })) });
  });
  face.on("post", "/v2.1/os-keypairs", "createKeyPair", (c) => {
    const schema = z.object({
      keypair: z.object({ name: z.string().min(1).max(255), public_key: z.string().optional() }),
    });
    const given = parseInput(schema, "keypair", c.get("body")).keypair;
    const who = c.get("caller");
    const { pair, privateKey } = keyPairs.create(who, given.name, given.public_key);
    const secret = privateKey === undefined ? {} : { private_key: privateKey };
    const keypair = { ...summary(pair), user_id: pair.userId, ...secret };
    return c.json({ keypair }, microversion(c) >= 2 ? 201 : 200);
  });
  face.on("get", "/v2.1/os-keypairs/:name", "showKeyPair", (c) => {
    const pair = keyPairs.show(param(c, "name"), c.get("caller"));
    const created_at = `${pair.createdAt.toISOString().slice(0, 19)}.000000`;
    const history = { created_at, deleted: false, deleted_at: null, updated_at: null };
    return c.json({ keypair: { ...summary(pair), user_id: pair.userId, ...history } });
  });
  face.on("delete", "/v2.1/os-keypairs/:name", "deleteKeyPair", (c) => {
    keyPairs.delete(param(c, "name"), c.get("caller"));
    return c.body(null, microversion(c) >= 2 ? 204 : 202);
  });
}

function addLimits(face: Face, world: World): void {
  const limit = (name: string) => world.quotas[name] ?? -1;
  const usage = (projectId: string): Record<string, number> => {
    const own = world.compute.servers.all().filter((server) => server.projectId === projectId);
    const sum = (key: "vcpus" | "ram") => own.reduce((all, { flavor }) => all + flavor[key], 0);
    return { instances: own.length, cores: sum("vcpus"), ram: sum("ram") };
  };
  face.on("get", "/v2.1/limits", "showLimits", (c) => {
    const used = usage(c.get("caller").projectId);
    const absolute = {
      maxTotalInstances: limit("instances"),
      maxTotalCores: limit("cores"),
      maxTotalRAMSize: limit("ram"),
      maxServerMeta: 128,
      maxImageMeta: 128,
      maxTotalKeypairs: 100,
      maxServerGroups: 10,
      maxServerGroupMembers: 10,
      totalRAMUsed: used["ram"],
      totalCoresUsed: used["cores"],
      totalInstancesUsed: used["instances"],
      totalServerGroupsUsed: world.compute.serverGroups.list(c.get("caller")).length,
    };
    return c.json({ limits: { rate: [], absolute } });
  });
  const names = ["instances", "cores", "ram"];
  const others = {
    key_pairs: 100,
    metadata_items: 128,
    server_groups: 10,
    server_group_members: 10,
  };
  face.on("get", "/v2.1/os-quota-sets/:id", "showQuotaSet", (c) => {
    const quotas = Object.fromEntries(names.map((name) => [name, limit(name)]));
    return c.json({ quota_set: { id: param(c, "id"), ...quotas, ...others } });
  });
  face.on("get", "/v2.1/os-quota-sets/:id/detail", "showQuotaSetDetail", (c) => {
    const id = param(c, "id");
    const used = usage(id);
    const quotas = names.map((name) => [
      name,
      { limit: limit(name), in_use: used[name] ?? 0, reserved: 0 },
    ]);
    return c.json({ quota_set: { id, ...(Object.fromEntries(quotas) as object) } });
  });
}
