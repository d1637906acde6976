import * as pulumi from "@pulumi/pulumi";
import { Environment } from "../components/Environment";
import { loadEnvironment } from "../components/files";
import type { DeployConfig } from "../snapset/config";
import { declareHooks, knowledgeOf, serversOf, stackHooksOf, withStackHooks } from "./hooks";
import { outputsOf } from "./outputs";
import { placed } from "./placed";

/**
 * An environment from base images. It is a secret output itself: its user data may hold passwords.
 *
 * @param name of the stack
 */
export function deploy(name: string, config: DeployConfig) {
  const loaded = placed(loadEnvironment(config.environment, "deploy"), config);
  const hooks = stackHooksOf("afterDeploy", loaded, config);
  const spec = withStackHooks(loaded, hooks);
  const environment = new Environment(name, { spec });
  const when = { knows: knowledgeOf(environment), triggers: [serversOf(environment)] };
  declareHooks(name, hooks, when, { dependsOn: environment });
  return { environment: pulumi.secret(spec), ...outputsOf(environment) };
}
