import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import type { KubeObject } from "./Api";
import { machineConfigNamespace, type Seeded } from "./objects";

/** A rule of a ClusterRole. */
export interface Rule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
  resourceNames?: string[];
}

/** A ClusterRole as README has it. */
export type Role = KubeObject & { rules: Rule[] };

const rbac = "rbac.authorization.k8s.io";
const collection = `/apis/${rbac}/v1`;

/** The ClusterRoles that README tells users to make. */
export function readRoles(): Role[] {
  const readme = readFileSync(join(__dirname, "..", "..", "README.md"), "utf8");
  const blocks = [...readme.matchAll(/^```yaml\n(.*?)^```$/gms)].map((found) => found[1] ?? "");
  return blocks
    .flatMap((block) => parseAllDocuments(block).map((it) => it.toJS() as Role | null))
    .filter((object): object is Role => object?.kind === "ClusterRole");
}

/** The role for virtual machines, which are no part of a cluster that is captured. */
export const machineRole = "snapset-kubevirt";

/** README's roles for the cluster inside an environment. */
export function rolesForCluster(): Role[] {
  return readRoles().filter(({ metadata }) => metadata.name !== machineRole);
}

/** Those bound as it says: `snapset` in the whole cluster, `snapset-nodes` in one namespace. */
export function rolesInReadme(account: { namespace: string; name: string }): Seeded[] {
  return rolesForCluster().flatMap((role) => [
    { collection: `${collection}/clusterroles`, object: role },
    binding(role.metadata.name, account),
  ]);
}

/** README's first role without the rules for a resource, bound to another account of its name. */
export function roleWithout(
  resource: string,
  account: { namespace: string; name: string },
): Seeded[] {
  const [role] = readRoles();
  if (!role) throw new Error("README has no ClusterRole");
  const rules = role.rules.filter(({ resources }) => !resources.includes(resource));
  const object = { ...role, metadata: { name: account.name }, rules };
  return [{ collection: `${collection}/clusterroles`, object }, binding(account.name, account)];
}

function binding(role: string, account: object): Seeded {
  const isForNodes = role === "snapset-nodes";
  const place = isForNodes
    ? `/namespaces/${machineConfigNamespace}/rolebindings`
    : "/clusterrolebindings";
  return {
    collection: `${collection}${place}`,
    object: {
      apiVersion: `${rbac}/v1`,
      kind: isForNodes ? "RoleBinding" : "ClusterRoleBinding",
      metadata: { name: role },
      roleRef: { apiGroup: rbac, kind: "ClusterRole", name: role },
      subjects: [{ kind: "ServiceAccount", ...account }],
    },
  };
}
