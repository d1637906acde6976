import type { Objects } from "./Objects";
import { resourcesOf, subresourcePath, type ApiVersions, type Subresource } from "./resources";
import type {
  ConfigMap,
  MetadataPatch,
  NewObject,
  ObjectMeta,
  VirtualMachine,
  VirtualMachineInstance,
  VirtualMachineRestore,
  VirtualMachineSnapshot,
  VirtualMachineSnapshotContent,
} from "./types";

type Named = Pick<ObjectMeta, "name" | "uid">;

/** What a cluster is, once it has been asked. */
export interface KubeVirtFacts {
  /** Address of the API server, for messages. */
  server: string;
  namespace: string;
  versions: ApiVersions;
  /** The API server's time. */
  now: () => Date;
}

/**
 * KubeVirt in one namespace of a cluster: the calls that we need, named after the API. All throw
 * `ClusterError`; to delete what is gone is fine, and what is asked for by name and not there is
 * undefined.
 */
export class KubeVirt {
  readonly #objects: Objects;
  readonly #resources: ReturnType<typeof resourcesOf>;

  constructor(
    objects: Objects,
    private readonly facts: KubeVirtFacts,
  ) {
    this.#objects = objects;
    this.#resources = resourcesOf(facts.versions);
  }

  /** The same; its calls end when `signal` aborts, and only then. */
  withSignal(signal: AbortSignal | undefined): KubeVirt {
    return new KubeVirt(this.#objects.withSignal(signal), this.facts);
  }

  get server(): string {
    return this.facts.server;
  }

  get namespace(): string {
    return this.facts.namespace;
  }

  /** E.g. `snapshot.kubevirt.io/v1beta1`. */
  get snapshotApiVersion(): string {
    return this.#resources.snapshots.apiVersion;
  }

  now(): Date {
    return this.facts.now();
  }

  listVirtualMachines(labelSelector?: string): Promise<VirtualMachine[]> {
    return this.#objects.list(this.#resources.machines, labelSelector);
  }

  patchVirtualMachine(name: string, patch: unknown): Promise<VirtualMachine> {
    return this.#objects.patch(this.#resources.machines, name, patch);
  }

  /** With what it owns: the running machine, and volumes that were made for it. */
  deleteVirtualMachine(machine: Named): Promise<void> {
    return this.#objects.delete(this.#resources.machines, machine);
  }

  listInstances(): Promise<VirtualMachineInstance[]> {
    return this.#objects.list(this.#resources.instances);
  }

  /** Refused with 409 by a machine that is off, or whose run strategy knows no stop. */
  stop(name: string): Promise<void> {
    return this.act({ plural: "virtualmachines", verb: "stop" }, name, {});
  }

  /** Refused with 409 by a machine that runs, or that starts by itself. */
  start(name: string): Promise<void> {
    return this.act({ plural: "virtualmachines", verb: "start" }, name, {});
  }

  /**
   * Has the guest agent freeze the guest's file systems; done when it answers. One that is frozen
   * already stays so, until the time of the first call (kubevirt `virtwrap/storage/fsfreeze.go`).
   *
   * @param unfreezeTimeoutMs when the guest thaws, whatever becomes of the caller
   */
  freeze(name: string, unfreezeTimeoutMs: number): Promise<void> {
    const unfreezeTimeout = `${Math.ceil(unfreezeTimeoutMs / 1000)}s`;
    return this.act({ plural: "virtualmachineinstances", verb: "freeze" }, name, {
      unfreezeTimeout,
    });
  }

  unfreeze(name: string): Promise<void> {
    return this.act({ plural: "virtualmachineinstances", verb: "unfreeze" }, name, {});
  }

  listSnapshots(labelSelector?: string): Promise<VirtualMachineSnapshot[]> {
    return this.#objects.list(this.#resources.snapshots, labelSelector);
  }

  createSnapshot(snapshot: NewObject): Promise<VirtualMachineSnapshot> {
    return this.#objects.create(this.#resources.snapshots, snapshot);
  }

  patchSnapshot(
    name: string,
    metadata: MetadataPatch,
  ): Promise<VirtualMachineSnapshot | undefined> {
    return this.#objects.patchMetadata(this.#resources.snapshots, name, metadata);
  }

  deleteSnapshot(snapshot: Named): Promise<void> {
    return this.#objects.delete(this.#resources.snapshots, snapshot);
  }

  listContents(): Promise<VirtualMachineSnapshotContent[]> {
    return this.#objects.list(this.#resources.contents);
  }

  deleteContent(content: Named): Promise<void> {
    return this.#objects.delete(this.#resources.contents, content);
  }

  listRestores(): Promise<VirtualMachineRestore[]> {
    return this.#objects.list(this.#resources.restores);
  }

  createRestore(restore: NewObject): Promise<VirtualMachineRestore> {
    return this.#objects.create(this.#resources.restores, restore);
  }

  deleteRestore(restore: Named): Promise<void> {
    return this.#objects.delete(this.#resources.restores, restore);
  }

  listConfigMaps(labelSelector: string): Promise<ConfigMap[]> {
    return this.#objects.list(this.#resources.configMaps, labelSelector);
  }

  createConfigMap(configMap: NewObject): Promise<ConfigMap> {
    return this.#objects.create(this.#resources.configMaps, configMap);
  }

  patchConfigMap(name: string, data: Record<string, string>): Promise<ConfigMap> {
    return this.#objects.patch(this.#resources.configMaps, name, { data });
  }

  deleteConfigMap(configMap: Named): Promise<void> {
    return this.#objects.delete(this.#resources.configMaps, configMap);
  }

  private act(subresource: Subresource, name: string, body: unknown): Promise<void> {
    const { versions, namespace } = this.facts;
    const path = subresourcePath(versions, subresource, namespace, name);
    const kind =
      subresource.plural === "virtualmachines" ? "VirtualMachine" : "VirtualMachineInstance";
    const isFreeze = subresource.plural === "virtualmachineinstances";
    const what = `${subresource.verb} of ${kind} ${namespace}/${name}`;
    return this.#objects.put(path, what, body, isFreeze);
  }
}
