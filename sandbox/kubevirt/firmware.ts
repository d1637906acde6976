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
