import { readFileSync } from "node:fs";
import type { Role } from "./readmeRoles";

/** A call that the product has made, as the API server has noted it. */
export interface AuditedCall {
  verb: string;
  group: string;
  /** With the subresource, e.g. `pods/eviction`. */
  resource: string;
  namespace: string;
  name: string;
  status: number;
}

interface AuditEvent {
  verb: string;
  objectRef?: {
    apiGroup?: string;
    resource: string;
    subresource?: string;
    namespace?: string;
    name?: string;
  };
  responseStatus?: { code?: number };
}

/** The calls for resources in an audit log; what is served without a resource needs no right. */
export function readAudit(path: string): AuditedCall[] {
  const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
  return lines.flatMap((line) => {
    const { verb, objectRef, responseStatus } = JSON.parse(line) as AuditEvent;
    if (!objectRef) return [];
    const { apiGroup: group = "", resource, subresource, namespace = "", name = "" } = objectRef;
    const whole = subresource === undefined ? resource : `${resource}/${subresource}`;
    return [{ verb, group, resource: whole, namespace, name, status: responseStatus?.code ?? 0 }];
  });
}

/**
 * The rights that no call has made use of, one by one, e.g. `snapset: get secrets csr-signer`.
 *
 * @param isWithin whether a call is where the role is bound
 */
export function unusedRights(
  roles: readonly Role[],
  calls: readonly AuditedCall[],
  isWithin: (role: Role, call: AuditedCall) => boolean,
): string[] {
  return roles.flatMap((role) => {
    const within = calls.filter((call) => call.status < 400 && isWithin(role, call));
    return rightsOf(role).flatMap((right) => {
      const isUsed = within.some(
        (call) =>
          call.verb === right.verb &&
          call.group === right.group &&
          call.resource === right.resource &&
          (right.name === undefined || call.name === right.name),
      );
      return isUsed ? [] : [describe(role, right)];
    });
  });
}

interface Right {
  verb: string;
  group: string;
  resource: string;
  name: string | undefined;
}

function rightsOf({ rules }: Role): Right[] {
  return rules.flatMap(({ apiGroups, resources, verbs, resourceNames }) =>
    verbs.flatMap((verb) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) =>
          (resourceNames ?? [undefined]).map((name) => ({ verb, group, resource, name })),
        ),
      ),
    ),
  );
}

function describe({ metadata }: Role, { verb, resource, name }: Right): string {
  return `${metadata.name}: ${[verb, resource, name].filter((it) => it !== undefined).join(" ")}`;
}
