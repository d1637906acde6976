import {
  infrastructureObjects,
  namespaceObjects,
  operatorObjects,
  poolObjects,
  secretObjects,
  versionObjects,
} from "./configObjects";
import { apiServiceObjects } from "./apiServices";
import type { ModelCluster } from "./modelCluster";
import { leaseObjects, nodeObjects } from "./nodeObjects";
import type { WireObject } from "./objects";
import { podObjects } from "./podObjects";

/** A resource of the API: where it is served, and what there is of it. */
export interface Resource {
  /** Empty for the core group. */
  group: string;
  version: string;
  plural: string;
  kind: string;
  shortNames?: string[];
  namespaced: boolean;
  verbs: string[];
  list: (cluster: ModelCluster, powerOff: (serverId: string) => void) => WireObject[];
}

const reading = ["get", "list"];

/** Everything that the API serves. Routes are there and empty. */
export const resources: readonly Resource[] = [
  core("nodes", "Node", false, [...reading, "patch"], nodeObjects, ["no"]),
  core("namespaces", "Namespace", false, reading, namespaceObjects, ["ns"]),
  core("pods", "Pod", true, [...reading, "create", "delete"], podObjects, ["po"]),
  core("secrets", "Secret", true, [...reading, "delete"], secretObjects),
  grouped("coordination.k8s.io", "leases", "Lease", true, leaseObjects),
  grouped(
    "certificates.k8s.io",
    "certificatesigningrequests",
    "CertificateSigningRequest",
    false,
    requestObjects,
    ["csr"],
  ),
  grouped("config.openshift.io", "clusteroperators", "ClusterOperator", false, operatorObjects, [
    "co",
  ]),
  grouped("config.openshift.io", "clusterversions", "ClusterVersion", false, versionObjects),
  grouped("config.openshift.io", "infrastructures", "Infrastructure", false, infrastructureObjects),
  grouped(
    "machineconfiguration.openshift.io",
    "machineconfigpools",
    "MachineConfigPool",
    false,
    poolObjects,
    ["mcp"],
  ),
  grouped("apiregistration.k8s.io", "apiservices", "APIService", false, apiServiceObjects),
  grouped("route.openshift.io", "routes", "Route", true, none),
];

/** The groups that are served by pods of the cluster, and so come last after a boot. */
export const aggregatedGroups: ReadonlySet<string> = new Set(["route.openshift.io"]);

function requestObjects(cluster: ModelCluster): WireObject[] {
  cluster.settle();
  return cluster.requests.objects();
}

function none(): WireObject[] {
  return [];
}

function core(
  plural: string,
  kind: string,
  namespaced: boolean,
  verbs: string[],
  list: Resource["list"],
  shortNames: string[] = [],
): Resource {
  return { group: "", version: "v1", plural, kind, namespaced, verbs, list, shortNames };
}

function grouped(
  group: string,
  plural: string,
  kind: string,
  namespaced: boolean,
  list: Resource["list"],
  shortNames: string[] = [],
): Resource {
  return { group, version: "v1", plural, kind, namespaced, verbs: reading, list, shortNames };
}
