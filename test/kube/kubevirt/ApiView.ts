import {
  claims,
  customTypes,
  Disks,
  nameOf,
  pathOf,
  persistentVolumes,
  storageClassType,
  usualTimes,
  type Context,
  type Faults,
  type GuestMachine,
  type ResourceType,
  type Served,
  type Times,
} from "../../../sandbox/kubevirt";
import type { KubeObject as ModelObject } from "../../../sandbox/kubevirt/types";
import type { Api, KubeObject } from "../Api";
import { typed } from "./definitions";

/** What KubeVirt and the storage look at. */
const types: readonly ResourceType[] = [
  ...customTypes,
  claims,
  persistentVolumes,
  storageClassType,
];

/** As on a cluster, but within the patience of a test. */
export const shortTimes: Times = {
  ...usualTimes,
  bootMs: 300,
  agentMs: 300,
  stopMs: 300,
  cutMs: 300,
  uploadMs: 300,
  provisionMs: 0,
  retryMs: 1000,
};

/** What is not in the API: guests and their disks, and what goes wrong. */
export interface Machinery {
  readonly disks: Disks;
  readonly guests: Map<string, GuestMachine>;
  readonly retries: Map<string, number>;
  readonly faults: Faults;
  readonly times: Times;
  readonly served: Served;
}

/** All objects at one moment. */
export class ApiView implements Context {
  readonly nowMs = Date.now();
  readonly disks: Disks;
  readonly guests: Map<string, GuestMachine>;
  readonly retries: Map<string, number>;
  readonly faults: Faults;
  readonly times: Times;

  private constructor(
    private readonly objects: ReadonlyMap<string, readonly KubeObject[]>,
    machinery: Machinery,
  ) {
    this.disks = machinery.disks;
    this.guests = machinery.guests;
    this.retries = machinery.retries;
    this.faults = machinery.faults;
    this.times = machinery.times;
  }

  static async take(api: Api, machinery: Machinery): Promise<ApiView> {
    const served = types.filter(({ group }) => machinery.served[group]?.length !== 0);
    const lists = served.map(async (type): Promise<[string, KubeObject[]]> => {
      const version = machinery.served[type.group]?.[0];
      const objects = await api.list(pathOf(type, undefined, undefined, version));
      return [nameOf(type), objects.map((object) => typed(type, object))];
    });
    return new ApiView(new Map(await Promise.all(lists)), machinery);
  }

  find<T extends ModelObject>(
    type: ResourceType<T>,
    namespace: string | undefined,
    name: string,
  ): T | undefined {
    return this.list(type, namespace).find(({ metadata }) => metadata.name === name);
  }

  list<T extends ModelObject>(type: ResourceType<T>, namespace?: string): T[] {
    const all = (this.objects.get(nameOf(type)) ?? []) as unknown as T[];
    if (namespace === undefined || !type.isNamespaced) return all;
    return all.filter(({ metadata }) => metadata.namespace === namespace);
  }

  /** Everything is looked at again soon anyway. */
  isDue(atMs: number): boolean {
    return atMs <= this.nowMs;
  }
}
