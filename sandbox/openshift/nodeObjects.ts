import type { ModelCluster, NodeStanding } from "./modelCluster";
import { microTime, time, uidOf, type WireObject } from "./objects";
import { operatorNames } from "./operators";

const config = "machineconfiguration.openshift.io";
const rendered = (role: string) => `rendered-${role}-${"0".repeat(31)}1`;

/** core/v1 Nodes. */
export function nodeObjects(cluster: ModelCluster): WireObject[] {
  const standings = cluster.standings();
  const hasWorkers = standings.some(({ node }) => node.role === "worker");
  return standings.map((standing) => nodeObject(cluster, standing, hasWorkers));
}

function nodeObject(
  cluster: ModelCluster,
  standing: NodeStanding,
  hasWorkers: boolean,
): WireObject {
  const { name, node } = standing;
  const unschedulable = [{ key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" }];
  const reserved = [{ key: "node-role.kubernetes.io/master", effect: "NoSchedule" }];
  const taints = [
    ...(node.role === "master" && hasWorkers ? reserved : []),
    ...(node.unschedulable ? unschedulable : []),
  ];
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name,
      uid: uidOf(cluster.state.clusterId, "node", name),
      resourceVersion: String(Math.round(node.renewedAt)),
      creationTimestamp: time(node.createdAt),
      labels: { ...rolesLabels(name, node.role, hasWorkers), ...node.labels },
      annotations: {
        [`${config}/currentConfig`]: rendered(node.role),
        [`${config}/desiredConfig`]: rendered(node.role),
        [`${config}/state`]: "Done",
        ...node.annotations,
      },
    },
    spec: {
      ...(node.unschedulable && { unschedulable: true }),
      ...(taints.length > 0 && { taints }),
    },
    status: nodeStatus(standing),
  };
}

function rolesLabels(name: string, role: string, hasWorkers: boolean): Record<string, string> {
  const master = {
    "node-role.kubernetes.io/control-plane": "",
    "node-role.kubernetes.io/master": "",
  };
  return {
    "kubernetes.io/hostname": name,
    "kubernetes.io/os": "linux",
    "kubernetes.io/arch": "amd64",
    "node.openshift.io/os_id": "rhel",
    ...(role === "master" && master),
    ...((role === "worker" || !hasWorkers) && { "node-role.kubernetes.io/worker": "" }),
  };
}

function nodeStatus({ name, node, ready, readySince }: NodeStanding) {
  const capacity = { cpu: "8", memory: "32Gi", pods: "250", "ephemeral-storage": "120Gi" };
  const isUnknown = ready === "Unknown";
  const condition = (type: string, status: string, reason: string) => ({
    type,
    status: isUnknown ? "Unknown" : status,
    reason: isUnknown ? "NodeStatusUnknown" : reason,
    message: isUnknown ? "Kubelet stopped posting node status." : "",
    lastHeartbeatTime: time(node.renewedAt),
    lastTransitionTime: time(readySince),
  });
  return {
    capacity,
    allocatable: capacity,
    addresses: [
      { type: "InternalIP", address: node.ip },
      { type: "Hostname", address: name },
    ],
    nodeInfo: {
      architecture: "amd64",
      bootID: node.bootId,
      containerRuntimeVersion: "cri-o://1.31.6",
      kernelVersion: "5.14.0-427.el9.x86_64",
      kubeProxyVersion: "",
      kubeletVersion: "v1.31.7",
      machineID: "",
      operatingSystem: "linux",
      osImage: "Red Hat Enterprise Linux CoreOS",
      systemUUID: node.systemUuid ?? "",
    },
    conditions: [
      condition("MemoryPressure", "False", "KubeletHasSufficientMemory"),
      condition("DiskPressure", "False", "KubeletHasNoDiskPressure"),
      condition("PIDPressure", "False", "KubeletHasSufficientPID"),
      condition("Ready", "True", "KubeletReady"),
    ],
  };
}

/** coordination.k8s.io/v1 Leases: the kubelets' and the operators'. */
export function leaseObjects(cluster: ModelCluster): WireObject[] {
  const now = cluster.clock.nowMs();
  const reports = cluster.reports();
  const operators = operatorNames.map((name) => {
    const report = cluster.faults.apply(name, reports[name] ?? missing(name), now);
    const lease = `${name}-operator-lock`;
    return leaseObject(cluster, `openshift-${name}-operator`, lease, report.leaseRenewedAt, 137);
  });
  const nodes = cluster
    .standings()
    .map(({ name, node }) => leaseObject(cluster, "kube-node-lease", name, node.renewedAt, 40));
  return [...nodes, ...operators];
}

function missing(name: string): never {
  throw new Error(`no report of operator ${name}`);
}

function leaseObject(
  cluster: ModelCluster,
  namespace: string,
  name: string,
  renewedAt: number,
  seconds: number,
): WireObject {
  return {
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: {
      name,
      namespace,
      uid: uidOf(cluster.state.clusterId, "lease", namespace, name),
      resourceVersion: String(Math.round(renewedAt)),
      creationTimestamp: time(cluster.state.apiAt),
    },
    spec: {
      holderIdentity: name,
      leaseDurationSeconds: seconds,
      renewTime: microTime(renewedAt),
    },
  };
}
