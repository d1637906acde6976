import {
  all,
  ComponentResource,
  output,
  unsecret,
  type ComponentResourceOptions,
  type Input,
  type Output,
  type Resource,
} from "@pulumi/pulumi";
import { clusterInputsOf, type ClusterInputs } from "../platforms/cluster/inputs";
import type { ImageRow, VolumeRow } from "../platforms/capture/types";
import { SnapId } from "../dynamic/snapId";
import { SnapSet } from "../dynamic/snapSet";
import { kubeVirtInputsOf } from "../platforms/kubevirt/inputs";
import type { CaptureConfig } from "../snapset/config";
import { stablePeriodOf, type Environment } from "../snapset/environment/environment";
import type { PhaseRecord } from "../snapset/manifest";
import { toSnapsetData, type Instance, type SnapsetData } from "../snapset/snapsetData";
import { withTransforms, type CaptureKinds, type Transforms } from "./transform";

/** What a capture needs. */
export interface CaptureArgs {
  /** The servers. @default none: the virtual machines of the settings */
  instances?: Input<Instance[]>;
  /** @default the component's name */
  environmentName?: Input<string>;
  /** The environment as its stack declared it. @default null, when only the servers are known */
  environment?: Input<Environment | null>;
  settings: CaptureConfig;
  /** Declares what has to be done before the capture changes anything; it waits for that. */
  before?: (snapId: Output<string>) => Input<Resource[]>;
  /** Changes the arguments of its children, by kind. */
  transform?: Transforms<CaptureKinds>;
}

/**
 * One capture: whole and committed, or not at all.
 *
 * @example
 * const capture = new Capture("lab", { instances, settings: captureSettings({ deletionPolicy: "Retain" }) });
 * export const snap_id = capture.snapId;
 */
export class Capture extends ComponentResource {
  readonly snapId: Output<string>;
  readonly images: Output<ImageRow[]>;
  readonly snapshots: Output<VolumeRow[]>;
  readonly snapsetData: Output<SnapsetData>;
  /** The earliest expiry of a certificate that the cluster needs, ISO 8601. */
  readonly notAfter: Output<string | null>;
  readonly timings: Output<PhaseRecord[]>;

  constructor(name: string, args: CaptureArgs, opts?: ComponentResourceOptions) {
    super("snapset:index:Capture", name, {}, withTransforms(opts, args.transform));
    const { settings, environment = null } = args;
    const { capture, deletionPolicy } = settings;
    const instances = args.instances ?? [];
    const kubevirt = settings.kubevirt === undefined ? null : kubeVirtInputsOf(settings.kubevirt);
    const id = new SnapId(name, { capture, deletionPolicy, kubevirt }, { parent: this });
    const set = new SnapSet(
      name,
      {
        snapId: id.snapId,
        environmentName: args.environmentName ?? name,
        environment,
        instances,
        kubevirt,
        consistency: settings.consistency,
        volumes: settings.volumes,
        parallelImages: settings.parallelImages,
        imagesPerHost: settings.imagesPerHost,
        deadlines: settings.deadlines,
        shutdownTimeout: settings.shutdownTimeout,
        // How long to be stable is no secret, though the environment that says it is.
        cluster: all([instances, unsecret(output(environment))]).apply(([servers, spec]) =>
          clusterOf(settings, servers, spec),
        ),
        deletionPolicy: settings.deletionPolicy,
        afterCapture: settings.afterCapture,
        onFailure: settings.onFailure,
      },
      { parent: this, dependsOn: args.before?.(id.snapId) ?? [] },
    );
    this.snapId = set.snapId;
    this.images = set.images;
    this.snapshots = set.snapshots;
    this.snapsetData = set.instances.apply(toSnapsetData);
    this.notAfter = set.progress.apply((progress) => progress.notAfter);
    this.timings = set.progress.apply((progress) => progress.timings);
    this.registerOutputs({ snap_id: this.snapId });
  }
}

function clusterOf(
  { cluster }: CaptureConfig,
  instances: Instance[],
  environment: Environment | null,
): ClusterInputs | null {
  if (cluster === undefined) return null;
  const inputs = clusterInputsOf(cluster, instances);
  const beforeShutdown = stablePeriodOf(environment, inputs.stability.beforeShutdown);
  return { ...inputs, stability: { ...inputs.stability, beforeShutdown } };
}
