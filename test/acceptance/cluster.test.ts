import { clusterSuite } from "./cluster";
import { SandboxCluster } from "./SandboxCluster";

clusterSuite({ begin: () => SandboxCluster.open(), end: (cluster) => cluster.close() });
