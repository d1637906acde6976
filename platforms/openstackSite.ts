import { ConnectionError } from "../openstack";
import { quiesceCluster } from "./cluster/quiesce";
import type { Context } from "./context";
import { glanceStore } from "./glance/store";
import { withMachines } from "./ironic/describe";
import { ironicPlatform } from "./ironic/ironic";
import { discover } from "./nova/discovery/discover";
import { novaPlatform, ObservedServers } from "./nova/nova";
import type { Site } from "./platform";

/** An OpenStack: servers and bare-metal nodes may be members of one set, which Glance keeps. */
export function openstackSite(context: Context): Site {
  const { cloud, clock, signal, report, warn } = context;
  return {
    clock,
    signal,
    report,
    warn,
    store: glanceStore(context),
    platforms: { nova: novaPlatform(context), ironic: ironicPlatform(context) },
    now: () => cloud.now(),
    findInstances: ({ instances }) => Promise.resolve(instances),
    isOutOfReach: (error) => error instanceof ConnectionError,
    describe: async (parts, inputs) => {
      const servers = parts.find((part) => part instanceof ObservedServers);
      if (servers === undefined) return { environment: inputs.environment, findings: [] };
      const { environment, findings } = await discover(servers, inputs, context);
      return { environment: environment && withMachines(environment, parts), findings };
    },
    quiesceCluster: (run, phases) => quiesceCluster(run, phases, context),
  };
}
