import type { KubeVirtUnderTest } from "../acceptance/KubeVirtUnderTest";
import type {
  VirtualMachine,
  VirtualMachineInstance,
  VmRestore,
  VmSnapshot,
  VmSnapshotContent,
} from "../../sandbox/kubevirt/types";

/** What a call has come to. */
interface Answer {
  status: number;
  body: unknown;
}

/** A refusal as the API gives it. */
export interface Refusal {
  status: number;
  message: string;
}

const snapshotApi = "snapshot.kubevirt.io/v1beta1";

/** Calls of the KubeVirt API, and waits for what they lead to. */
export class KubeVirtCalls {
  constructor(readonly kubevirt: KubeVirtUnderTest) {}

  path(plural: string, name = "", apiVersion = this.#versionOf(plural)): string {
    const end = name === "" ? "" : `/${name}`;
    return `/apis/${apiVersion}/namespaces/${this.kubevirt.namespace}/${plural}${end}`;
  }

  create(plural: string, kind: string, name: string, spec: object, more: object = {}) {
    const apiVersion = this.#versionOf(plural);
    const object = { apiVersion, kind, metadata: { name, ...more }, spec };
    return this.kubevirt.call("POST", this.path(plural), object);
  }

  snapshot(name: string, vm: string, more: Partial<VmSnapshot["spec"]> = {}): Promise<Answer> {
    const spec = { source: reference(vm), ...more };
    return this.create("virtualmachinesnapshots", "VirtualMachineSnapshot", name, spec);
  }

  restore(name: string, from: string, vm: string, more: Partial<VmRestore["spec"]> = {}) {
    const spec = { target: reference(vm), virtualMachineSnapshotName: from, ...more };
    return this.create("virtualmachinerestores", "VirtualMachineRestore", name, spec);
  }

  remove(plural: string, name: string): Promise<Answer> {
    return this.kubevirt.call("DELETE", this.path(plural, name));
  }

  merge(plural: string, name: string, patch: object, subresource = ""): Promise<Answer> {
    const path = `${this.path(plural, name)}${subresource}`;
    return this.kubevirt.call("PATCH", path, patch, "application/merge-patch+json");
  }

  /** A call of the aggregated API. */
  act(plural: string, name: string, action: string, body?: object): Promise<Answer> {
    const path = `${this.path(plural, name, "subresources.kubevirt.io/v1")}/${action}`;
    return this.kubevirt.call(action === "guestosinfo" ? "GET" : "PUT", path, body);
  }

  async get<T>(plural: string, name: string): Promise<T> {
    const found = await this.kubevirt.find(plural, name);
    if (!found) throw new Error(`there is no ${plural} ${name}`);
    return found as T;
  }

  vm(name: string): Promise<VirtualMachine> {
    return this.get("virtualmachines", name);
  }

  instance(name: string): Promise<VirtualMachineInstance> {
    return this.get("virtualmachineinstances", name);
  }

  async contentOf(snapshot: VmSnapshot): Promise<VmSnapshotContent> {
    const name = snapshot.status?.virtualMachineSnapshotContentName ?? "";
    return this.get("virtualmachinesnapshotcontents", name);
  }

  /** The snapshot once it is as wanted. */
  snapshotThat(name: string, isWanted: (snapshot: VmSnapshot) => boolean): Promise<VmSnapshot> {
    return this.#once("virtualmachinesnapshots", name, isWanted);
  }

  readySnapshot(name: string): Promise<VmSnapshot> {
    return this.snapshotThat(name, ({ status }) => status?.readyToUse === true);
  }

  restoreThat(name: string, isWanted: (restore: VmRestore) => boolean): Promise<VmRestore> {
    return this.#once("virtualmachinerestores", name, isWanted);
  }

  completeRestore(name: string): Promise<VmRestore> {
    return this.restoreThat(name, ({ status }) => status?.complete === true);
  }

  vmThat(name: string, isWanted: (vm: VirtualMachine) => boolean): Promise<VirtualMachine> {
    return this.#once("virtualmachines", name, isWanted);
  }

  stoppedVm(name: string): Promise<VirtualMachine> {
    return this.vmThat(name, ({ status }) => status?.printableStatus === "Stopped");
  }

  /** With the agent, where there is one. */
  runningVm(name: string): Promise<VirtualMachine> {
    return this.vmThat(name, ({ status }) => status?.ready === true);
  }

  gone(plural: string, name: string): Promise<void> {
    return this.kubevirt.until(`${plural} ${name} to be gone`, async () => {
      const found = await this.kubevirt.find(plural, name);
      if (found) throw new Error(JSON.stringify(found.status));
    });
  }

  async #once<T extends { status?: unknown }>(
    plural: string,
    name: string,
    isWanted: (object: T) => boolean,
  ): Promise<T> {
    let seen: T | undefined;
    await this.kubevirt.until(`${plural} ${name} to be as wanted`, async () => {
      seen = await this.get<T>(plural, name);
      if (!isWanted(seen)) throw new Error(JSON.stringify(seen.status));
    });
    if (!seen) throw new Error(`there is no ${plural} ${name}`);
    return seen;
  }

  #versionOf(plural: string): string {
    return /snapshot|restore/.test(plural) ? snapshotApi : "kubevirt.io/v1";
  }
}

/** A machine as snapshots and restores name it. */
export function reference(name: string) {
  return { apiGroup: "kubevirt.io", kind: "VirtualMachine", name };
}

/** The status and reason of a condition, e.g. `False: Not ready`. */
export function condition(
  { status }: { status?: { conditions?: { type: string; status: string; reason?: string }[] } },
  type: string,
): string | undefined {
  const found = status?.conditions?.find((it) => it.type === type);
  return found && `${found.status}: ${found.reason ?? ""}`;
}

/** What an API said no to. */
export function refusal({ status, body }: Answer): Refusal {
  return { status, message: (body as { message: string }).message };
}
