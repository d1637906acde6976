export { connectKubeVirt } from "./connect";
export type { KubeVirt } from "./KubeVirt";
export type {
  ConfigMap,
  VirtualMachine,
  VirtualMachineInstance,
  VirtualMachineRestore,
  VirtualMachineSnapshot,
  VirtualMachineSnapshotContent,
} from "./types";
