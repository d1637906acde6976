import type { Environment } from "../components/Environment";

/** What a stack says of its environment. */
export function outputsOf(environment: Environment) {
  return {
    snapset_data: environment.snapsetData,
    controller_ansible_host: environment.controllerAnsibleHost,
    floating_ips: environment.floatingIps,
    ...(environment.stackOutputs === undefined ? {} : { stack_outputs: environment.stackOutputs }),
  };
}
