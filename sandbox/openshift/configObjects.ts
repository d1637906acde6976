import type { OperatorState, SignerName } from "./clusterState";
import type { ModelCluster } from "./modelCluster";
import { time, uidOf, type WireObject } from "./objects";
import { signingValidity } from "./signerRenewal";

const version = "4.18.12";
const release = { version, image: `quay.example/openshift-release@sha256:${"0".repeat(64)}` };
const configApi = "config.openshift.io/v1";

/** config.openshift.io/v1 ClusterOperators, faults applied. */
export function operatorObjects(cluster: ModelCluster): WireObject[] {
  if (cluster.faults.hasEmptyOperatorList) return [];
  const now = cluster.clock.nowMs();
  return Object.entries(cluster.reports()).map(([name, report]) =>
    operatorObject(cluster, name, cluster.faults.apply(name, report, now)),
  );
}

function operatorObject(cluster: ModelCluster, name: string, report: OperatorState): WireObject {
  const { installedAt } = cluster.state;
  const reported = Object.entries(report.conditions).filter(
    ([type]) => !cluster.faults.isMissing(name, type),
  );
  const conditions = reported.map(([type, { status, since }]) => ({
    type,
    status,
    reason: "AsExpected",
    message: "",
    lastTransitionTime: time(since),
  }));
  return {
    ...head(cluster, configApi, "ClusterOperator", name),
    spec: {},
    status: {
      conditions: [...conditions, condition("Upgradeable", "True", installedAt)],
      versions: [{ name: "operator", version }],
      relatedObjects: [
        { group: "", resource: "namespaces", name: `openshift-${name}-operator` },
        { group: "", resource: "namespaces", name: `openshift-${name}` },
      ],
      extension: null,
    },
  };
}

/** The ClusterVersion called `version`. */
export function versionObjects(cluster: ModelCluster): WireObject[] {
  const { state } = cluster;
  const installed = cluster.isInstalled();
  const at = installed ? state.installedAt : state.startedAt;
  return [
    {
      ...head(cluster, configApi, "ClusterVersion", "version"),
      spec: { clusterID: state.clusterId, channel: "stable-4.18" },
      status: {
        desired: release,
        observedGeneration: 1,
        versionHash: "x",
        availableUpdates: null,
        history: [
          {
            ...release,
            state: installed ? "Completed" : "Partial",
            startedTime: time(state.startedAt),
            completionTime: installed ? time(state.installedAt) : null,
            verified: false,
          },
        ],
        conditions: [
          condition("Available", installed ? "True" : "False", at),
          condition("Progressing", installed ? "False" : "True", at),
          condition("Failing", "False", at),
        ],
      },
    },
  ];
}

/** The Infrastructure called `cluster`: platform none, as Hotstack installs. */
export function infrastructureObjects(cluster: ModelCluster): WireObject[] {
  const topology =
    Object.keys(cluster.state.nodes).length === 1 ? "SingleReplica" : "HighlyAvailable";
  return [
    {
      ...head(cluster, configApi, "Infrastructure", "cluster"),
      spec: { cloudConfig: { name: "" }, platformSpec: { type: "None" } },
      status: {
        infrastructureName: cluster.state.infrastructureName,
        controlPlaneTopology: topology,
        infrastructureTopology: topology,
        cpuPartitioning: "None",
        platform: "None",
        platformStatus: { type: "None" },
      },
    },
  ];
}

/** machineconfiguration.openshift.io/v1 MachineConfigPools. */
export function poolObjects(cluster: ModelCluster): WireObject[] {
  const standings = cluster.standings();
  return (["master", "worker"] as const).map((role) => {
    const nodes = standings.filter(({ node }) => node.role === role);
    const ready = nodes.filter(({ node, ready }) => ready === "True" && !node.unschedulable);
    return {
      ...head(cluster, "machineconfiguration.openshift.io/v1", "MachineConfigPool", role),
      spec: { paused: false },
      status: {
        machineCount: nodes.length,
        updatedMachineCount: nodes.length,
        readyMachineCount: ready.length,
        unavailableMachineCount: nodes.length - ready.length,
        degradedMachineCount: 0,
        conditions: [
          condition("Updated", "True", cluster.state.installedAt),
          condition("Updating", "False", cluster.state.installedAt),
          condition("Degraded", "False", cluster.state.installedAt),
        ],
      },
    };
  });
}

const signerNamespaces: Record<SignerName, string> = {
  "csr-signer": "openshift-kube-controller-manager-operator",
  "csr-signer-signer": "openshift-kube-controller-manager-operator",
  "kube-apiserver-to-kubelet-signer": "openshift-kube-apiserver-operator",
};

/** The signers' secrets. There are no keys in the model, so their data say so. */
export function secretObjects(cluster: ModelCluster): WireObject[] {
  cluster.settle();
  const { signers, signersDeletedAt = {} } = cluster.state;
  const own = Object.entries(signers).filter(
    ([name]) => signersDeletedAt[name as SignerName] === undefined,
  );
  const inUse = signingValidity(cluster.state, cluster.clock.nowMs());
  const secrets = [
    ...own.map(
      ([name, validity]) => [signerNamespaces[name as SignerName], name, validity] as const,
    ),
    ["openshift-kube-controller-manager", "csr-signer", inUse] as const,
  ];
  return secrets.map(([namespace, name, validity]) => {
    const { metadata, ...rest } = head(cluster, "v1", "Secret", name);
    const annotation = (key: string) => `auth.openshift.io/certificate-${key}`;
    return {
      ...rest,
      metadata: {
        ...metadata,
        namespace,
        labels: { "auth.openshift.io/managed-certificate-type": "signer" },
        annotations: {
          [annotation("not-before")]: time(validity.notBefore),
          [annotation("not-after")]: time(validity.notAfter),
          [annotation("issuer")]: `${namespace}_${name}@${Math.floor(validity.notBefore / 1000)}`,
        },
      },
      type: "kubernetes.io/tls",
      data: { "tls.crt": btoa("model\n"), "tls.key": btoa("model\n") },
    };
  });
}

/** core/v1 Namespaces. */
export function namespaceObjects(cluster: ModelCluster): WireObject[] {
  const operators = Object.keys(cluster.reports()).map((name) => `openshift-${name}-operator`);
  const names = new Set([
    "default",
    "kube-system",
    "kube-node-lease",
    ...Object.values(signerNamespaces),
    ...operators,
  ]);
  return [...names].map((name) => ({
    ...head(cluster, "v1", "Namespace", name),
    spec: {},
    status: { phase: "Active" },
  }));
}

function head(cluster: ModelCluster, apiVersion: string, kind: string, name: string) {
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      uid: uidOf(cluster.state.clusterId, kind, name),
      resourceVersion: String(Math.round(cluster.clock.nowMs())),
      creationTimestamp: time(cluster.state.apiAt),
    },
  };
}

function condition(type: string, status: "True" | "False", since: number) {
  return { type, status, reason: "", message: "", lastTransitionTime: time(since) };
}
