import { KubeCluster } from "../kube/KubeCluster";
import { programs } from "../kube/programs";
import { clusterSuite } from "./cluster";

let cluster: KubeCluster;

beforeAll(async () => {
  cluster = await KubeCluster.open(programs);
});
afterAll(() => cluster.close());

clusterSuite({
  begin: async () => {
    await cluster.reset();
    return cluster;
  },
  end: () => Promise.resolve(),
});
