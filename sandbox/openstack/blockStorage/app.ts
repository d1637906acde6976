import { Hono } from "hono";
import { found, Refusal } from "../../world/refusal";
import type { World } from "../../world/world";
import { Face, htmlError, param, type Ctx, type SandboxEnv } from "../face";
import { faultBody } from "../faultBody";
import { addVolumeQuotas } from "./quotas";
import { addSnapshots } from "./snapshots";
import { addVolumes } from "./volumes";

const maxVersion = "3.70";

/** Cinder v3. Paths carry the caller's project. */
export function blockStorageApp(world: World): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>();
  const face = new Face(app, world, {
    service: "block-storage",
    refuse: faultBody("computeFault"),
    forbid: (action) => `Policy doesn't allow volume:${ruleOf(action)} to be performed.`,
    names: (c) => {
      const id = c.req.param("id") ?? "";
      const { volumes } = world;
      return [volumes.get(id)?.name ?? volumes.snapshotStore.get(id)?.name ?? ""];
    },
    headers: (c) => ({
      "openstack-api-version": c.req.header("openstack-api-version") ?? "volume 3.0",
      vary: "OpenStack-API-Version",
      "x-compute-request-id": c.get("requestId"),
    }),
  });
  const open = { isPublic: true };
  face.on("get", "/", "listVersions", (c) => c.json({ versions: [version(c)] }, 300), open);
  face.on("get", "/v3/", "showVersion", (c) => c.json({ versions: [version(c)] }), open);
  addVolumes(face, world);
  addSnapshots(face, world);
  addTypes(face, world);
  addVolumeQuotas(face, world);
  face.on("get", "/v3/:project/os-availability-zone", "listAvailabilityZones", (c) =>
    c.json({ availabilityZoneInfo: [{ zoneName: "nova", zoneState: { available: true } }] }),
  );
  app.all("*", (c) => htmlError(c, 404, "Not Found", "The resource could not be found."));
  return app;
}

/** `createSnapshot` → `create_snapshot` */
function ruleOf(action: string): string {
  const rule = action.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return rule.replace(/_volume$/, "");
}

function version(c: Ctx) {
  return {
    id: "v3.0",
    status: "CURRENT",
    version: maxVersion,
    min_version: "3.0",
    updated: "2023-08-31T00:00:00Z",
    links: [{ rel: "self", href: `${c.env.origin}/volume/v3/` }],
  };
}

function addTypes(face: Face, world: World): void {
  const views = world.volumes.types.map((type) => ({
    ...type,
    is_public: true,
    extra_specs: {},
    "os-volume-type-access:is_public": true,
  }));
  face.on("get", "/v3/:project/types", "listTypes", (c) => c.json({ volume_types: views }));
  face.on("get", "/v3/:project/types/:id", "showType", (c) => {
    const id = param(c, "id");
    const type = id === "default" ? views[0] : views.find((candidate) => candidate.id === id);
    return c.json({
      volume_type: found(type, () => new Refusal(404, `Volume type ${id} could not be found.`)),
    });
  });
}
