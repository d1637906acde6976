import { operatorNames } from "../../sandbox/openshift/operators";
import type { KubeObject } from "./Api";
import type { LabNode } from "./nodeObjects";
import type { Signer } from "./Pki";

/** Where the product runs its commands on nodes. */
export const machineConfigNamespace = "openshift-machine-config-operator";
const clusterId = "3f0f0f0f-0000-4000-8000-000000000001";

const version = "4.18.12";
const config = "config.openshift.io/v1";
const machineConfig = "machineconfiguration.openshift.io/v1";
const wanted = { Available: "True", Progressing: "False", Degraded: "False", Upgradeable: "True" };

/** Where an operator's lease is. */
export function operatorNamespace(operator: string): string {
  return `openshift-${operator}-operator`;
}

/** A path below the API server's address, and what is posted there or set as the status of it. */
export interface Seeded {
  collection: string;
  object: KubeObject;
  status?: unknown;
}

export function namespaces(): Seeded[] {
  const names = [machineConfigNamespace, "snapset", ...operatorNames.map(operatorNamespace)].filter(
    (name, index, all) => all.indexOf(name) === index,
  );
  const labels = { "pod-security.kubernetes.io/enforce": "privileged" };
  return names.map((name) => ({
    collection: "/api/v1/namespaces",
    object: { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } },
  }));
}

/** The kubelets' first credential, and what lets them ask for and renew their own. */
export function bootstrapping(): Seeded[] {
  const binding = (name: string, role: string, subject: object): Seeded => ({
    collection: "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
    object: {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role },
      subjects: [subject],
    },
  });
  const certificates = "system:certificates.k8s.io:certificatesigningrequests:selfnodeclient";
  const bootstrapper = { namespace: machineConfigNamespace, name: "node-bootstrapper" };
  const group = { kind: "Group", apiGroup: "rbac.authorization.k8s.io", name: "system:nodes" };
  return [
    serviceAccount(bootstrapper.namespace, bootstrapper.name),
    binding("system-bootstrap-node-bootstrapper", "system:node-bootstrapper", {
      kind: "ServiceAccount",
      ...bootstrapper,
    }),
    binding("system-bootstrap-node-renewal", certificates, group),
    {
      collection: "/apis/scheduling.k8s.io/v1/priorityclasses",
      object: {
        apiVersion: "scheduling.k8s.io/v1",
        kind: "PriorityClass",
        metadata: { name: "openshift-user-critical" },
        value: 1_000_000_000,
      },
    },
  ];
}

/** Asks for a token of the node bootstrapper that does not expire. */
export function bootstrapperToken(): Seeded {
  return {
    collection: `/api/v1/namespaces/${machineConfigNamespace}/secrets`,
    object: {
      apiVersion: "v1",
      kind: "Secret",
      type: "kubernetes.io/service-account-token",
      metadata: {
        name: "node-bootstrapper-token",
        annotations: { "kubernetes.io/service-account.name": "node-bootstrapper" },
      },
    },
  };
}

export function serviceAccount(namespace: string, name: string): Seeded {
  return {
    collection: `/api/v1/namespaces/${namespace}/serviceaccounts`,
    object: { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace } },
  };
}

/** ClusterVersion, Infrastructure and the operators, all well since `at`. */
export function clusterObjects(server: string, at: string): Seeded[] {
  const desired = { version, image: `quay.example/release@sha256:${"0".repeat(64)}` };
  const history = { ...desired, state: "Completed", startedTime: at, completionTime: at };
  return [
    {
      collection: `/apis/${config}/clusterversions`,
      object: object(config, "ClusterVersion", "version", { clusterID: clusterId }),
      status: {
        desired,
        history: [{ ...history, verified: false }],
        observedGeneration: 1,
        versionHash: "x",
        availableUpdates: null,
        conditions: conditions({ Available: "True", Progressing: "False", Failing: "False" }, at),
      },
    },
    {
      collection: `/apis/${config}/infrastructures`,
      object: object(config, "Infrastructure", "cluster", { platformSpec: { type: "None" } }),
      status: {
        infrastructureName: "lab-x7k2p",
        apiServerURL: server,
        apiServerInternalURI: server,
        etcdDiscoveryDomain: "",
        controlPlaneTopology: "HighlyAvailable",
        infrastructureTopology: "HighlyAvailable",
        cpuPartitioning: "None",
        platform: "None",
        platformStatus: { type: "None" },
      },
    },
    ...operatorNames.map((name) => ({
      collection: `/apis/${config}/clusteroperators`,
      object: object(config, "ClusterOperator", name, {}),
      status: operatorStatus(name, {}, at),
    })),
  ];
}

/** A ClusterOperator's status: healthy since `at`, but for what is given. */
export function operatorStatus(name: string, other: Partial<typeof wanted>, at: string) {
  return {
    conditions: conditions({ ...wanted, ...other }, at),
    versions: [{ name: "operator", version }],
    relatedObjects: [{ group: "", resource: "namespaces", name: operatorNamespace(name) }],
    extension: null,
  };
}

export function machineConfigPools(at: string, nodes: readonly LabNode[]): Seeded[] {
  return (["master", "worker"] as const).map((role) => {
    const configuration = { name: rendered(role) };
    const matchLabels = { [`node-role.kubernetes.io/${role}`]: "" };
    const machines = nodes.filter((node) => node.role === role).length;
    return {
      collection: `/apis/${machineConfig}/machineconfigpools`,
      object: object(machineConfig, "MachineConfigPool", role, {
        configuration,
        paused: false,
        nodeSelector: { matchLabels },
      }),
      status: poolStatus(role, machines, machines, at),
    };
  });
}

/** A MachineConfigPool's status: nothing to be updated. */
export function poolStatus(role: string, machines: number, ready: number, at: string) {
  return {
    configuration: { name: rendered(role) },
    observedGeneration: 1,
    machineCount: machines,
    updatedMachineCount: machines,
    readyMachineCount: ready,
    unavailableMachineCount: machines - ready,
    degradedMachineCount: 0,
    conditions: conditions({ Updated: "True", Updating: "False", Degraded: "False" }, at),
  };
}

/** A signer as OpenShift's operators keep it: the pair, and its dates as annotations. */
export function signerSecret(namespace: string, name: string, { pair, ...signer }: Signer): Seeded {
  const prefix = "auth.openshift.io/certificate";
  const annotations = {
    [`${prefix}-not-before`]: seconds(signer.notBefore),
    [`${prefix}-not-after`]: seconds(signer.notAfter),
    [`${prefix}-issuer`]: signer.commonName,
  };
  return {
    collection: `/api/v1/namespaces/${namespace}/secrets`,
    object: {
      apiVersion: "v1",
      kind: "Secret",
      type: "kubernetes.io/tls",
      metadata: { name, namespace, annotations },
      data: { "tls.crt": btoa(pair.certificate), "tls.key": btoa(pair.key) },
    },
  };
}

/** RFC 3339 with whole seconds, as Kubernetes writes times. */
export function seconds(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, "Z");
}

function object(apiVersion: string, kind: string, name: string, spec: object): KubeObject {
  return { apiVersion, kind, metadata: { name }, spec };
}

/** Conditions of any object, all since `at`. */
export function conditions(statuses: Record<string, string>, at: string) {
  return Object.entries(statuses).map(([type, status]) => ({
    type,
    status,
    reason: "AsExpected",
    message: "",
    lastTransitionTime: at,
  }));
}

/** Name of a role's configuration. */
export function rendered(role: string): string {
  return `rendered-${role}-${"0".repeat(31)}1`;
}
