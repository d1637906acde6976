import { isForbidden, isNotFound, type Image, type OpenStack } from "../../../openstack";
import type { FlavorView } from "../../../snapset/flavors";
import type { CloudView, PlacementQuotas } from "../../../snapset/placement/cloudView";
import type { Needs } from "../../../snapset/placement/needs";
import { quotasOf } from "../../../snapset/quotas";
import { cinderQuotasOf } from "../../../platforms/nova/quotas";

/**
 * Sees what of the cloud matters to an environment, with one list for each kind of thing, and none
 * for what it does not need.
 *
 * @param withQuotas false for an environment that is there already: it is counted in what is used
 */
export async function surveyCloud(
  needs: Needs,
  flavors: readonly FlavorView[],
  withQuotas: boolean,
  cloud: OpenStack,
): Promise<CloudView> {
  const { compute, blockStorage, network } = cloud;
  const when = <T, E>(isNeeded: boolean, ask: () => Promise<T>, otherwise: E) =>
    isNeeded ? ask() : Promise.resolve(otherwise);
  const [networks, images, keyPairs, availabilityZones, volumeTypes, groups, floatingIps, quotas] =
    await Promise.all([
      surveyNetworks(needs, cloud),
      surveyImages(needs, cloud),
      when(needs.keyPairs.length > 0, () => told(compute.listKeyPairs()), undefined),
      when(
        needs.availabilityZones.length > 0,
        () => told(compute.listAvailabilityZones()),
        undefined,
      ),
      when(needs.volumeTypes.length > 0, () => told(blockStorage.listVolumeTypes()), undefined),
      when(needs.securityGroups.length > 0, () => network.listSecurityGroups(), []),
      when(needs.floatingIps.length > 0, () => network.listFloatingIps(), []),
      when(withQuotas, () => surveyQuotas(needs, cloud), undefined),
    ]);
  return {
    projectId: cloud.projectId,
    isAdmin: cloud.roles.includes("admin"),
    ...networks,
    images,
    flavors,
    keyPairs,
    availabilityZones,
    // A server's volume type is given by name or by id (cinder `volume/volume_types.py`).
    volumeTypes: volumeTypes?.flatMap(({ id, name }) => [name, id]),
    securityGroups: groups,
    floatingIps,
    quotas,
  };
}

/** Subnets and ports only of the networks that an environment puts its own ports into. */
async function surveyNetworks(
  { externalNetworks, existingNetworks }: Needs,
  { network }: OpenStack,
): Promise<Pick<CloudView, "networks" | "subnets" | "ports">> {
  if (externalNetworks.length + existingNetworks.length === 0) {
    return { networks: [], subnets: [], ports: [] };
  }
  const networks = await network.listNetworks();
  const used = networks.filter(({ name }) => existingNetworks.some((it) => it.name === name));
  const [subnets, ports] = await Promise.all([
    Promise.all(used.map(({ id }) => network.listSubnets({ network_id: id }))),
    Promise.all(used.map(({ id }) => network.listPorts({ network_id: id }))),
  ]);
  return { networks, subnets: subnets.flat(), ports: ports.flat() };
}

/** The images of each name; all there are, to name them, when there is none of one name. */
async function surveyImages({ images }: Needs, { image }: OpenStack): Promise<readonly Image[]> {
  const found = await Promise.all(images.map(({ name }) => image.listImages({ name })));
  return found.some((it) => it.length === 0) ? image.listImages() : found.flat();
}

async function surveyQuotas(
  { blockStorage: volumes }: Needs,
  cloud: OpenStack,
): Promise<PlacementQuotas> {
  const [compute, blockStorage, network] = await Promise.all([
    cloud.compute.showLimits(),
    Object.keys(volumes).length === 0 ? undefined : told(cloud.blockStorage.showQuotaSet()),
    told(cloud.network.showQuotaDetails(cloud.projectId)),
  ]);
  return {
    compute: {
      instances: { limit: compute.maxTotalInstances, used: compute.totalInstancesUsed },
      cores: { limit: compute.maxTotalCores, used: compute.totalCoresUsed },
      ram: { limit: compute.maxTotalRAMSize, used: compute.totalRAMUsed },
    },
    blockStorage: cinderQuotasOf(blockStorage ?? {}),
    network: quotasOf(network ?? {}, ({ limit, used, reserved }) => ({
      limit,
      used: used + reserved,
    })),
  };
}

/** Undefined from a cloud that does not know the call, or does not allow it. */
async function told<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isNotFound(error) || isForbidden(error)) return undefined;
    throw error;
  }
}
