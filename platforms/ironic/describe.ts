import type { Environment } from "../../snapset/environment/environment";
import type { Observed } from "../platform";
import { ObservedNodes } from "./ironic";

/** An environment with the machines that are captured with it, as they were found. */
export function withMachines(environment: Environment, parts: readonly Observed[]): Environment {
  const machines = parts.flatMap((part) => (part instanceof ObservedNodes ? part.members : []));
  if (machines.length === 0) return environment;
  return {
    ...environment,
    bareMetal: machines.map(({ instance, identity, node }) => ({
      name: instance.name,
      role: instance.role,
      node: node.name === "" ? node.uuid : node.name,
      macAddresses: [...identity.macAddresses],
    })),
  };
}
