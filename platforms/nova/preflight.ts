import type { Journal } from "../../snapset/capture/journal";
import type { Member } from "../../snapset/capture/member";
import { judgeMembers } from "../../snapset/capture/preflight";
import { volumeQuotaProblems } from "../../snapset/capture/quotas";
import type { ServerView } from "../../snapset/capture/server";
import { snapIdProperty } from "../../snapset/identity";
import { policyProblems } from "../../snapset/capture/volumes";
import type { Quota } from "../../snapset/quotas";
import type { Instance } from "../../snapset/snapsetData";
import type { Context } from "../context";
import { observeImages } from "../glance/images";
import { observeImageQuotas } from "../glance/quotas";
import { observeVolumes } from "./observe";
import { cinderQuotasOf } from "./quotas";
import {
  addVolumeImageProperties,
  observeFlavors,
  observeImageProperties,
  observeServersWithPorts,
} from "./survey";
import type { CaptureInputs } from "../capture/types";

/** What is known of the servers to capture. */
export interface FoundServers {
  members: Member[];
  problems: string[];
  warnings: string[];
  /** Names of the images that the servers were made from, by server, where they are there still. */
  imageNames: Map<string, string>;
  /** How many images may be uploading at a time by Glance's quota; undefined without one. */
  maxUploads: number | undefined;
  /** Members whose image an interrupted run has begun. */
  begun: ReadonlySet<string>;
}

/**
 * Finds the servers, and everything about them and the cloud that is known to fail. It changes
 * nothing itself.
 *
 * @param instances the servers
 * @param own the capture's journal, where an earlier run has left one
 */
export async function findServers(
  inputs: CaptureInputs,
  instances: readonly Instance[],
  own: Journal | undefined,
  context: Context,
): Promise<FoundServers> {
  const [servers, images] = await Promise.all([
    observeServersWithPorts(context, instances),
    observeImages(context, inputs.snapId, instances),
  ]);
  const [volumes, flavors, imageProperties] = await Promise.all([
    observeVolumes(context, servers.values()),
    observeFlavors(servers, context),
    observeImageProperties(servers, context),
  ]);
  addVolumeImageProperties(imageProperties, servers, volumes);
  const [volumeQuotas, imageQuotas] = await Promise.all([
    volumes.size > 0 ? context.cloud.blockStorage.showQuotaSet() : {},
    observeImageQuotas(context),
  ]);
  const { problems, warnings, members } = judgeMembers(
    identitiesOf(inputs, instances, servers, context.cloud.now()),
    { ...inputs, policies: inputs.volumes, shutdownTimeoutMs: inputs.shutdownTimeout },
    {
      cloud: context.cloud.cloud,
      servers,
      volumes,
      flavors,
      imageProperties,
      begun: new Set(images.members.keys()),
      told: new Set(Object.keys(own?.progress.stopped ?? {})),
    },
  );
  problems.push(
    ...policyProblems(inputs.volumes, volumes),
    ...volumeQuotaProblems(
      members.flatMap((member) => volumesToSnapshot(member, images.members)),
      cinderQuotasOf(volumeQuotas),
    ),
  );
  return {
    members,
    problems,
    warnings: [...warnings, ...roleWarnings(context)],
    imageNames: imageNamesOf(imageProperties),
    maxUploads: maxUploadsOf(imageQuotas["image_count_uploading"]),
    begun: new Set(images.members.keys()),
  };
}

/**
 * Nova looks a server up before it asks its policy, so there is no harmless way to ask it; and on
 * clouds with the policies of before Rocky a reader may make images, too.
 */
function roleWarnings({ cloud: { roles, cloud } }: Context): string[] {
  if (roles.length === 0 || roles.some((role) => role !== "reader")) return [];
  return [
    `the user of cloud ${cloud} has role reader only: most clouds let such a user make no images; role member is enough`,
  ];
}

/** Of a server that boots from a volume, Cinder keeps the name; what a set has is no base image. */
function imageNamesOf(
  properties: ReadonlyMap<string, Readonly<Record<string, unknown>>>,
): Map<string, string> {
  const entries = [...properties].flatMap(([server, image]): [string, string][] => {
    const name = image["image_name"] ?? image["name"];
    return typeof name === "string" && !image[snapIdProperty] ? [[server, name]] : [];
  });
  return new Map(entries);
}

function identitiesOf(
  inputs: CaptureInputs,
  instances: readonly Instance[],
  servers: ReadonlyMap<string, ServerView>,
  capturedAt: Date,
) {
  return instances.map((instance) => ({
    instance,
    identity: {
      snapId: inputs.snapId,
      environment: inputs.environmentName,
      member: instance.name,
      role: instance.role,
      macAddresses: macAddressesOf(instance, servers.get(instance.uuid)?.macAddresses ?? []),
      members: inputs.instances.length,
      capturedAt,
    },
  }));
}

/** All MACs of the server, the one that the instance is known by first. */
function macAddressesOf({ macAddress }: Instance, all: readonly string[]): string[] {
  return [macAddress, ...all.filter((mac) => mac !== macAddress)];
}

/** Of a volume-backed server Nova snapshots every volume, wanted or not. */
function volumesToSnapshot(
  { instance, server, volumes }: Member,
  begun: ReadonlyMap<string, unknown>,
) {
  if (begun.has(instance.name)) return [];
  return server.image === "" ? volumes : volumes.filter(({ policy }) => policy === "include");
}

/** Nova refuses an image above this quota, which others' uploads use too. */
function maxUploadsOf(quota: Quota | undefined): number | undefined {
  return quota === undefined || quota.limit < 0 ? undefined : Math.max(1, quota.limit - quota.used);
}
