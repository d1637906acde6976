import {
  ComponentResource,
  type ComponentResourceOptions,
  type Input,
  type Output,
} from "@pulumi/pulumi";
import { clusterInputsOf } from "../dynamic/providers/cluster/inputs";
import { Revival } from "../dynamic/revival";
import type { ReviveEvidence } from "../openshift";
import type { ClusterSettings } from "../snapset/config";
import type { ClusterFacts } from "../snapset/manifest";

/** What a revive needs. */
export interface ClusterArgs {
  /** Ids of the servers that run the cluster; the revive begins when they are up. */
  servers: Input<string[]>;
  settings: ClusterSettings;
  /** What the set remembers of the cluster, and when it was captured. */
  facts: Input<ClusterFacts | null>;
  capturedAt: Input<string | null>;
}

/**
 * The cluster inside a restored environment, brought back and proven.
 *
 * @example
 * const cluster = new Cluster("lab", { servers: environment.clusterServers, settings, facts, capturedAt });
 * export const evidence = cluster.evidence;
 */
export class Cluster extends ComponentResource {
  readonly evidence: Output<ReviveEvidence | null>;

  constructor(name: string, args: ClusterArgs, opts?: ComponentResourceOptions) {
    super("snapset:index:Cluster", name, {}, opts);
    const revival = new Revival(
      name,
      {
        servers: args.servers,
        cluster: clusterInputsOf(args.settings),
        facts: args.facts,
        capturedAt: args.capturedAt,
      },
      { parent: this },
    );
    this.evidence = revival.evidence;
    this.registerOutputs({ evidence: this.evidence });
  }
}
