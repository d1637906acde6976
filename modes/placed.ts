import { log } from "@pulumi/pulumi";
import type { DeployConfig, RestoreConfig } from "../snapset/config";
import type { Environment } from "../snapset/environment/environment";
import { mapEnvironment } from "../snapset/placement/mapEnvironment";
import { placementWarnings } from "../snapset/placement/placementWarnings";

/**
 * A given environment as it is to be in this cloud; what will not be as it was is said.
 *
 * @throws {InputError} when it cannot be placed so
 */
export function placed(
  environment: Environment,
  { placement, cluster }: DeployConfig | RestoreConfig,
): Environment {
  const warnings = placementWarnings(environment, placement, cluster !== undefined);
  for (const warning of warnings) void log.warn(warning);
  return mapEnvironment(environment, placement);
}
