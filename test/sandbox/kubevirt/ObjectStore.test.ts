import { ObjectStore } from "../../../sandbox/kubevirt/ObjectStore";
import { claims, virtualMachines, type ResourceType } from "../../../sandbox/kubevirt/resources";
import type { KubeObject } from "../../../sandbox/kubevirt/types";
import { Ids } from "../../../sandbox/world/ids";

const maps = {
  group: "",
  versions: ["v1"],
  plural: "configmaps",
  kind: "ConfigMap",
  shortNames: [],
};
const type: ResourceType = { ...maps, isNamespaced: true, hasStatus: true };
const object = (more: Partial<KubeObject["metadata"]> = {}): KubeObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "a", namespace: "default", ...more },
  spec: { x: 1 },
});

function open() {
  return new ObjectStore(() => Date.parse("2026-01-05T08:00:00Z"), new Ids(1));
}

test("gives what it makes a uid, a version and a generation, and leaves out its status", () => {
  const made = open().create(type, { ...object({ uid: "mine" }), status: { ready: true } });
  expect(made).not.toHaveProperty("status");
  expect(made.metadata).toMatchObject({ generation: 1, creationTimestamp: "2026-01-05T08:00:00Z" });
  expect(made.metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
});

test("refuses a second of the name, and an older version", () => {
  const store = open();
  const made = store.create(type, object());
  expect(() => store.create(type, object())).toThrow('configmaps "a" already exists');
  store.update(type, { ...made, spec: { x: 2 } });
  expect(() => store.update(type, { ...made, spec: { x: 3 } })).toThrow(
    "the object has been modified",
  );
});

test("the generation counts changes of the specification; a change that is none changes nothing", () => {
  const store = open();
  const made = store.create(type, object());
  const labelled = store.update(type, {
    ...made,
    metadata: { ...made.metadata, labels: { a: "b" } },
  });
  const changed = store.update(type, { ...labelled, spec: { x: 2 } });
  const same = store.update(type, { ...changed });
  expect(labelled.metadata.generation).toBe(1);
  expect(changed.metadata.generation).toBe(2);
  expect(same.metadata.resourceVersion).toBe(changed.metadata.resourceVersion);
});

test("a status is written by itself, and the rest is not written with it", () => {
  const store = open();
  const made = store.create(type, object());
  const reported = store.updateStatus(type, { ...made, spec: { x: 9 }, status: { ready: true } });
  expect(reported).toMatchObject({ spec: { x: 1 }, status: { ready: true } });
  const updated = store.update(type, { ...reported, spec: { x: 2 }, status: { ready: false } });
  expect(updated).toMatchObject({ spec: { x: 2 }, status: { ready: true } });
});

test("one with finalizers is marked, and goes with the last of them", () => {
  const store = open();
  store.create(type, object({ finalizers: ["x/y"] }));
  const marked = store.delete(type, "default", "a");
  expect(marked.metadata.deletionTimestamp).toBe("2026-01-05T08:00:00Z");
  store.update(type, { ...marked, metadata: { ...marked.metadata, finalizers: [] } });
  expect(store.find(type, "default", "a")).toBeUndefined();
});

test("what an object owns goes with it", () => {
  const store = open();
  const owner = store.create(type, object());
  const reference = {
    apiVersion: "v1",
    kind: "ConfigMap",
    name: "a",
    uid: owner.metadata.uid ?? "",
  };
  store.create(type, object({ name: "b", ownerReferences: [reference] }));
  store.delete(type, "default", "a");
  expect(store.list(type)).toEqual([]);
});

test("tells what has happened, in order", () => {
  const store = open();
  const events: string[] = [];
  store.onEvent((event) => events.push(`${event.type} ${event.resource.plural}`));
  const made = store.create(type, object());
  store.update(type, { ...made, spec: { x: 2 } });
  store.delete(type, "default", "a");
  expect(events).toEqual(["ADDED configmaps", "MODIFIED configmaps", "DELETED configmaps"]);
});

test("a claim and a machine of one name are two", () => {
  const store = open();
  store.create<KubeObject>(claims, object());
  expect(store.find(virtualMachines, "default", "a")).toBeUndefined();
});
