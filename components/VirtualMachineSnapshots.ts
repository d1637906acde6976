import { apiextensions } from "@pulumi/kubernetes";
import {
  all,
  ComponentResource,
  type ComponentResourceOptions,
  type CustomResourceOptions,
  type Output,
} from "@pulumi/pulumi";
import { declarationsOf, type DeclaredSnapshots } from "../snapset/kubevirt/declaredSnapshots";

/** Which virtual machines have a snapshot, and what kind of one. */
export type VirtualMachineSnapshotsArgs = DeclaredSnapshots;

/**
 * Plain snapshots of virtual machines that are there as long as their stack: desired state, by Pulumi's
 * Kubernetes provider, which is an option and gives them their names: `<machine>-<name>-1a2b3c4d`.
 *
 * Each is what KubeVirt makes of it by itself, at whatever moment it comes to it. They are no set:
 * they have no snap_id, and no restore of ours chooses them. For several machines at one point, for
 * waiting until all is whole and for the proof of it, take a {@link Capture} with `settings.kubevirt`.
 *
 * KubeVirt changes no snapshot. Where `failureDeadline`, `deletionPolicy` or `apiVersion` is another
 * one, the machine gets a new snapshot, of how it is by then, and the old one is deleted; the option
 * `protect` has that refused. A description changes in place.
 *
 * @throws {InputError} with every problem of its arguments at once, by key
 * @example
 * const provider = new kubernetes.Provider("cluster", { kubeconfig });
 * const snapshots = new VirtualMachineSnapshots(
 *   "before-upgrade",
 *   { namespace: "parks", names: ["mongodb-nationalparks"] },
 *   { provider },
 * );
 * export const names = snapshots.snapshotNames;
 */
export class VirtualMachineSnapshots extends ComponentResource {
  /** The VirtualMachineSnapshot of each machine, by machine. */
  readonly snapshotNames: Output<Record<string, string>>;

  constructor(name: string, args: VirtualMachineSnapshotsArgs, opts?: ComponentResourceOptions) {
    super("snapset:index:VirtualMachineSnapshots", name, {}, opts);
    // "spec in immutable after creation", says KubeVirt's webhook, also to a server-side apply over
    // the old one: so the new one has a name of its own, and is there before the old one goes.
    const options: CustomResourceOptions = { parent: this, replaceOnChanges: ["spec"] };
    const names = declarationsOf(name, args).map(({ machine, resourceName, ...declaration }) => {
      const snapshot = new apiextensions.CustomResource(resourceName, declaration, options);
      return [machine, snapshot.metadata.name] as const;
    });
    this.snapshotNames = all(Object.fromEntries(names));
    this.registerOutputs({ snapshotNames: this.snapshotNames });
  }
}
