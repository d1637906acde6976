// the first connection loads @kubernetes/client-node, which Jest may have to transform first
jest.setTimeout(60_000);

export {
  ClusterLab as Lab,
  address,
  day,
  hour,
  minute,
  type RestingCluster,
} from "../../../sandbox/ClusterLab";
