/** A cluster of the sandbox's model. */
export interface ClusterShape {
  name: string;
  masters: number;
  workers: number;
}

/** The clusters that are measured. */
export const clusterShapes: readonly ClusterShape[] = [
  { name: "1 node", masters: 1, workers: 0 },
  { name: "3 masters, 2 workers", masters: 3, workers: 2 },
  { name: "3 masters, 47 workers", masters: 3, workers: 47 },
];
