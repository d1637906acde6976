import { InputError } from "../../../common/errors";
import { judgeMembers, type Member } from "../../../snapset/preflight";
import type { Context } from "../context";
import { observeImages, observeServers } from "./observe";
import type { CaptureInputs, CaptureProgress } from "./types";

/**
 * Finds the servers and everything about them that is known to fail, before the first change.
 *
 * @throws {InputError} with all the problems
 */
export async function preflight(
  inputs: CaptureInputs,
  progress: CaptureProgress,
  context: Context,
): Promise<Member[]> {
  const [servers, images] = await Promise.all([
    observeServers(context, inputs.instances),
    observeImages(context, inputs.snapId, inputs.instances),
  ]);
  const identities = inputs.instances.map((instance) => ({
    instance,
    identity: {
      snapId: inputs.snapId,
      environment: inputs.environmentName,
      member: instance.name,
      role: instance.role,
      macAddresses: macAddressesOf(instance, servers.get(instance.uuid)?.macAddresses ?? []),
      members: inputs.instances.length,
      capturedAt: new Date(progress.capturedAt),
    },
  }));
  const { problems, warnings, members } = judgeMembers(
    identities,
    servers,
    new Set(images.keys()),
    context.cloud.cloud,
  );
  if (problems.length > 0) throw new InputError("capture", problems);
  warnings.forEach(context.warn);
  return members;
}

/** All MACs of the server, the one that the instance is known by first. */
function macAddressesOf(instance: { macAddress: string }, all: readonly string[]): string[] {
  return [instance.macAddress, ...all.filter((mac) => mac !== instance.macAddress)];
}
