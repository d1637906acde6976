import {
  ComponentResource,
  output,
  type ComponentResourceOptions,
  type Output,
} from "@pulumi/pulumi";
import { InputError } from "../common/errors";
import type { ClusterStatus } from "../components/Cluster";
import {
  withTransforms,
  type ClusterKinds,
  type EnvironmentKinds,
  type Transforms,
} from "../components/transform";
import { withPlainErrors } from "../modes/plainErrors";
import { restore } from "../modes/restore";
import type { ReviveEvidence } from "../openshift";
import { parseConfig, type ClusterSettingsInput } from "../snapset/config";
import type { Environment as EnvironmentSpec } from "../snapset/environment/environment";
import type { SnapsetData } from "../snapset/snapsetData";
import { configOf } from "./settings";

/** What is restored, and how. */
export interface RestoreArgs {
  /** A snap_id, or `latest`, which is chosen once and kept. */
  snapId: string;
  /** @default the set's own */
  environment?: EnvironmentSpec;
  /** The cluster in it is revived. Its secrets are read from the configuration, `snapset:cluster`. */
  cluster?: ClusterSettingsInput;
  /** Whether a set may be restored whose cluster's certificates have expired. @default false */
  allowExpired?: boolean;
  /** More keys of `snapset:` for a restore, as they stand in a stack's configuration. */
  settings?: Record<string, unknown>;
  /** Changes the arguments of its children, by kind. */
  transform?: Transforms<EnvironmentKinds & ClusterKinds>;
}

/**
 * An environment from the images of a set, with the same MACs and addresses, and the cluster in it
 * revived: what mode `restore` of the program does, as a component.
 *
 * @throws {RunError} with every problem of its arguments at once, by key
 * @example
 * const lab = new Restore("lab", { snapId: "latest", cluster: { kubeconfig: "kubeconfig" } });
 * export const status = lab.status;
 */
export class Restore extends ComponentResource {
  readonly snapId: Output<string>;
  /** The earliest expiry of a certificate that the cluster needs, ISO 8601. */
  readonly notAfter: Output<string | null>;
  /** Hotstack's structure: what a capture needs to know. */
  readonly snapsetData: Output<SnapsetData>;
  /** How Ansible reaches the controller; null without a controller that has a floating IP. */
  readonly controllerAnsibleHost: Output<Record<string, string> | null>;
  /** Floating IPs by node. */
  readonly floatingIps: Output<Record<string, string>>;
  /** Whether the whole cluster is proven to be back; undefined without one. */
  readonly status: Output<ClusterStatus | null | undefined>;
  readonly evidence: Output<ReviveEvidence | null | undefined>;

  constructor(name: string, args: RestoreArgs, opts?: ComponentResourceOptions) {
    super("snapset:index:Restore", name, {}, withTransforms(opts, args.transform));
    const restored = withPlainErrors(() =>
      restore(name, configOfRestore(args), args.environment ?? null, { parent: this }),
    )() as unknown as Restored;
    this.snapId = restored.snap_id;
    this.notAfter = restored.not_after;
    this.snapsetData = restored.snapset_data;
    this.controllerAnsibleHost = restored.controller_ansible_host;
    this.floatingIps = restored.floating_ips;
    const cluster = output(restored.cluster);
    this.status = cluster.apply((it) => it?.status);
    this.evidence = cluster.apply((it) => it?.evidence);
    this.registerOutputs({ snapId: this.snapId, status: this.status });
  }
}

/** The outputs of mode `restore`, whether the environment was known or comes with the set. */
interface Restored {
  snap_id: Output<string>;
  not_after: Output<string | null>;
  snapset_data: Output<SnapsetData>;
  controller_ansible_host: Output<Record<string, string> | null>;
  floating_ips: Output<Record<string, string>>;
  cluster?: Output<Revived | undefined>;
}

interface Revived {
  status: ClusterStatus | null;
  evidence: ReviveEvidence | null;
}

function configOfRestore({ snapId, cluster, allowExpired, settings }: RestoreArgs) {
  const values = { mode: "restore", snapId, cluster, allowExpired, ...settings };
  const config = parseConfig(configOf(values));
  if (config.mode !== "restore") throw new InputError("settings", ["mode: is that of a restore"]);
  if (config.kubevirt !== undefined) {
    throw new InputError("settings", ["kubevirt: virtual machines are RestoreMachines'"]);
  }
  return config;
}
