import { applyJsonPatch } from "./jsonPatch";
import { virtualMachines, type ResourceType } from "./resources";
import type { KubeObject, VirtualMachine } from "./types";

/**
 * KubeVirt's mutating webhook: a new machine without a firmware of its own gets one, as a JSON patch
 * (pkg/virt-api/webhooks/mutating-webhook/mutators/vm-mutator.go).
 */
export function firmwarePatch(object: KubeObject, newId: () => string) {
  const { domain } = (object as VirtualMachine).spec.template.spec;
  const { uuid = "", serial = "", ...rest } = (domain["firmware"] ?? {}) as Record<string, string>;
  const value = {
    ...rest,
    uuid: uuid === "" ? newId() : uuid,
    serial: serial === "" ? newId() : serial,
  };
  return [{ op: "add", path: "/spec/template/spec/domain/firmware", value }];
}

/** A new object as the webhook changes it. */
export function mutated(type: ResourceType, object: KubeObject, newId: () => string): KubeObject {
  if (type !== virtualMachines) return object;
  return applyJsonPatch(object, firmwarePatch(object, newId)) as KubeObject;
}
