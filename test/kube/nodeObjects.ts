import { conditions, machineConfigNamespace, rendered, type Seeded } from "./objects";

/** A node of the lab's cluster. */
export interface LabNode {
  name: string;
  role: "master" | "worker";
  ip: string;
}

export function nodeObject({ name, role, ip }: LabNode, bootId: string, at: string): Seeded {
  const annotations = {
    "machineconfiguration.openshift.io/currentConfig": rendered(role),
    "machineconfiguration.openshift.io/desiredConfig": rendered(role),
    "machineconfiguration.openshift.io/state": "Done",
  };
  const roles =
    role === "master"
      ? { "node-role.kubernetes.io/control-plane": "", "node-role.kubernetes.io/master": "" }
      : { "node-role.kubernetes.io/worker": "" };
  const labels = { "kubernetes.io/hostname": name, ...roles };
  const capacity = { cpu: "8", memory: "32Gi", pods: "250" };
  const statuses = { MemoryPressure: "False", DiskPressure: "False", Ready: "True" };
  return {
    collection: "/api/v1/nodes",
    object: { apiVersion: "v1", kind: "Node", metadata: { name, labels, annotations }, spec: {} },
    status: {
      capacity,
      allocatable: capacity,
      addresses: [
        { type: "InternalIP", address: ip },
        { type: "Hostname", address: name },
      ],
      nodeInfo: {
        architecture: "amd64",
        bootID: bootId,
        containerRuntimeVersion: "cri-o://1.31.6",
        kernelVersion: "5.14.0",
        kubeProxyVersion: "",
        kubeletVersion: "v1.31.7",
        machineID: "",
        operatingSystem: "linux",
        osImage: "Red Hat Enterprise Linux CoreOS",
        systemUUID: "",
      },
      conditions: conditions(statuses, at).map((it) => ({ ...it, lastHeartbeatTime: at })),
    },
  };
}

const daemonName = "machine-config-daemon";
const daemonLabels = { "k8s-app": daemonName };
const daemonContainer = { name: daemonName, image: "quay.example/machine-config-operator:4.18" };

/** Owns the daemon's pods; the controller that would make them is not at work here. */
export function machineConfigDaemon(): Seeded {
  return {
    collection: `/apis/apps/v1/namespaces/${machineConfigNamespace}/daemonsets`,
    object: {
      apiVersion: "apps/v1",
      kind: "DaemonSet",
      metadata: { name: daemonName },
      spec: {
        selector: { matchLabels: daemonLabels },
        template: { metadata: { labels: daemonLabels }, spec: { containers: [daemonContainer] } },
      },
    },
  };
}

/** The pod whose image the product's commands run in: one on each node. */
export function machineConfigDaemonPod({ name }: LabNode, uid: string): Seeded {
  const owner = { apiVersion: "apps/v1", kind: "DaemonSet", name: daemonName, uid };
  return {
    collection: `/api/v1/namespaces/${machineConfigNamespace}/pods`,
    object: {
      apiVersion: "v1",
      kind: "Pod",
      metadata: {
        name: `${daemonName}-${name}`,
        labels: daemonLabels,
        ownerReferences: [{ ...owner, controller: true }],
      },
      spec: {
        nodeName: name,
        tolerations: [{ operator: "Exists" }],
        containers: [daemonContainer],
      },
    },
  };
}
