/** The Kubernetes and OpenShift objects that we read, cut down to the fields that we use. */

/** Metadata as every object carries it. Times are RFC 3339 text. */
export interface ObjectMeta {
  name: string;
  namespace?: string;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: { kind: string; name: string; controller?: boolean }[];
}

/** A condition of an operator, a node or a cluster version. */
export interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
}

/** config.openshift.io/v1 ClusterOperator. */
export interface ClusterOperator {
  metadata: ObjectMeta;
  status?: {
    conditions?: Condition[];
    relatedObjects?:
      { group?: string; resource: string; namespace?: string; name: string }[] | null;
  };
}

/** config.openshift.io/v1 ClusterVersion, of which there is one, called `version`. */
export interface ClusterVersion {
  metadata: ObjectMeta;
  spec?: { clusterID?: string };
  status?: {
    desired?: { version?: string };
    history?: { state: string; version?: string; completionTime?: string | null }[];
  };
}

/** config.openshift.io/v1 Infrastructure, of which there is one, called `cluster`. */
export interface Infrastructure {
  metadata: ObjectMeta;
  status?: { platform?: string; platformStatus?: { type?: string } };
}

/** machineconfiguration.openshift.io/v1 MachineConfigPool. */
export interface MachineConfigPool {
  metadata: ObjectMeta;
  status?: {
    machineCount?: number;
    readyMachineCount?: number;
    degradedMachineCount?: number;
    conditions?: Condition[];
  };
}

/** apiregistration.k8s.io/v1 APIService. */
export interface ApiService {
  metadata: ObjectMeta;
  status?: { conditions?: Condition[] };
}

/** core/v1 Node. */
export interface Node {
  metadata: ObjectMeta;
  spec?: { unschedulable?: boolean; providerID?: string };
  status?: {
    conditions?: Condition[];
    nodeInfo?: { bootID?: string; systemUUID?: string };
    addresses?: { type: string; address: string }[];
  };
}

/** certificates.k8s.io/v1 CertificateSigningRequest. */
export interface CertificateSigningRequest {
  metadata: ObjectMeta;
  spec: {
    signerName: string;
    /** Base64 of a PEM block. */
    request: string;
    usages?: string[];
    /** Who asked, and in which groups the API server found them. */
    username?: string;
    groups?: string[];
  };
  status?: { conditions?: Condition[]; certificate?: string };
}

/** coordination.k8s.io/v1 Lease. */
export interface Lease {
  metadata: ObjectMeta;
  spec?: { holderIdentity?: string; renewTime?: string };
}

/** core/v1 Pod. */
export interface Pod {
  apiVersion?: string;
  kind?: string;
  metadata: ObjectMeta;
  spec?: PodSpec;
  status?: {
    phase?: string;
    reason?: string;
    message?: string;
    containerStatuses?: ContainerStatus[];
  };
}

/** Why a pod's container has not started, or how it ended. */
export interface ContainerStatus {
  name: string;
  state?: {
    waiting?: { reason?: string; message?: string };
    terminated?: { exitCode: number; reason?: string; message?: string };
  };
}

/** What we set in a pod that runs a command on a node. */
export interface PodSpec {
  nodeName?: string;
  hostPID?: boolean;
  hostNetwork?: boolean;
  hostIPC?: boolean;
  restartPolicy?: string;
  priorityClassName?: string;
  terminationGracePeriodSeconds?: number;
  tolerations?: { key?: string; operator: string; effect?: string }[];
  volumes?: { name: string; hostPath: { path: string; type: string } }[];
  containers?: {
    name: string;
    image?: string;
    imagePullPolicy?: string;
    command?: string[];
    terminationMessagePolicy?: string;
    securityContext?: { privileged: boolean; runAsUser: number };
    volumeMounts?: { name: string; mountPath: string }[];
  }[];
}
