import {
  ComponentResource,
  output,
  type ComponentResourceOptions,
  type Input,
  type Output,
} from "@pulumi/pulumi";
import { clusterInputsOf } from "../platforms/cluster/inputs";
import { Revival } from "../dynamic/revival";
import type { ReviveEvidence } from "../openshift";
import type { ClusterSettings } from "../snapset/config";
import type { ClusterFacts, PhaseRecord } from "../snapset/manifest";
import type { SnapsetData } from "../snapset/snapsetData";
import { withTransforms, type ClusterKinds, type Transforms } from "./transform";

/** What a revive needs. */
export interface ClusterArgs {
  /** Ids of the servers that run the cluster; the revive begins when they are up. */
  servers: Input<string[]>;
  /** All servers of the environment. */
  environment: Input<SnapsetData>;
  settings: ClusterSettings;
  /** What the set remembers of the cluster, and when it was captured. */
  facts?: Input<ClusterFacts | null>;
  capturedAt?: Input<string | null>;
  /** Until when its certificates are valid, ISO 8601. @default null, when nobody knows */
  notAfter?: Input<string | null>;
  /** The set that the servers are of, and what had them put back to it last: another is another revive. */
  restored?: { snapId: Input<string>; trigger: string };
  /** Changes the arguments of its child. */
  transform?: Transforms<ClusterKinds>;
}

/**
 * `revived`: every node and every operator has shown life in this boot and is well. `unproven`: all is
 * well, but some operators have shown no life, so their health may be of before the capture.
 */
export type ClusterStatus = "revived" | "unproven";

/**
 * The cluster inside a restored environment, brought back and proven.
 *
 * @example
 * const cluster = new Cluster("lab", { servers: environment.clusterServers, environment: environment.snapsetData, settings, facts, capturedAt, notAfter });
 * export const evidence = cluster.evidence;
 */
export class Cluster extends ComponentResource {
  /** Whether the whole cluster is proven to be back. */
  readonly status: Output<ClusterStatus | null>;
  readonly evidence: Output<ReviveEvidence | null>;
  /** The steps of the revive, as the phases of a capture are told. */
  readonly timings: Output<PhaseRecord[]>;

  constructor(name: string, args: ClusterArgs, opts?: ComponentResourceOptions) {
    super("snapset:index:Cluster", name, {}, withTransforms(opts, args.transform));
    const revival = new Revival(
      name,
      {
        servers: args.servers,
        cluster: output(args.environment).apply(({ instances }) =>
          clusterInputsOf(args.settings, Object.values(instances)),
        ),
        environment: output(args.environment).apply(({ instances }) =>
          Object.values(instances).map(({ uuid }) => uuid),
        ),
        facts: args.facts ?? null,
        capturedAt: args.capturedAt ?? null,
        notAfter: args.notAfter ?? null,
        ...args.restored,
      },
      { parent: this },
    );
    this.evidence = revival.evidence;
    this.status = revival.evidence.apply((it) => it && statusOf(it));
    this.timings = revival.evidence.apply((it) => it?.steps.map(phaseOf) ?? []);
    this.registerOutputs({ status: this.status, evidence: this.evidence });
  }
}

/** What a revive has shown, in one word. */
function statusOf({ freshness }: Pick<ReviveEvidence, "freshness">): ClusterStatus {
  return freshness.isProven ? "revived" : "unproven";
}

function phaseOf({ step, startedAt, endedAt, seen }: ReviveEvidence["steps"][number]): PhaseRecord {
  return { name: step, startedAt, endedAt, evidence: seen };
}
