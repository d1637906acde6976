import type { Seeded } from "../objects";
import { machineRole, readRoles } from "../readmeRoles";

const rbac = "rbac.authorization.k8s.io";

/** README's role for virtual machines, bound in the namespace that they are in. */
export function productRights(
  account: { namespace: string; name: string },
  namespace: string,
): Seeded[] {
  return readRoles()
    .filter(({ metadata }) => metadata.name === machineRole)
    .flatMap((role) => [
      { collection: `/apis/${rbac}/v1/clusterroles`, object: role },
      {
        collection: `/apis/${rbac}/v1/namespaces/${namespace}/rolebindings`,
        object: {
          apiVersion: `${rbac}/v1`,
          kind: "RoleBinding",
          metadata: { name: role.metadata.name },
          roleRef: { apiGroup: rbac, kind: "ClusterRole", name: role.metadata.name },
          subjects: [{ kind: "ServiceAccount", ...account }],
        },
      },
    ]);
}
