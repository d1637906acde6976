import * as pulumi from "@pulumi/pulumi";
import { Environment } from "../components/Environment";
import { loadEnvironment } from "../components/files";
import type { DeployConfig } from "../snapset/config";
import { outputsOf } from "./outputs";

/**
 * An environment from base images. It is a secret output itself: its user data may hold passwords.
 *
 * @param name of the stack
 */
export function deploy(name: string, config: DeployConfig) {
  const spec = loadEnvironment(config.environment, "deploy");
  return { environment: pulumi.secret(spec), ...outputsOf(new Environment(name, { spec })) };
}
