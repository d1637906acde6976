/**
 * SnapSet for Pulumi programs of one's own: environments, captures and restores as components.
 *
 * @packageDocumentation
 */
import { loadEnvironment as load } from "../components/files";
import type { ScenarioSource } from "../hotstack";
import { withPlainErrors } from "../modes/plainErrors";
import type { Environment as EnvironmentSpec } from "../snapset/environment/environment";

/**
 * Reads an environment: a YAML file of SnapSet's own, or a Hotstack scenario.
 *
 * @throws {RunError} with every problem at once, by key or line
 * @example new Environment("lab", { spec: loadEnvironment("lab.yaml") });
 */
export const loadEnvironment = withPlainErrors((path: string): EnvironmentSpec =>
  load(path, "deploy"),
);

/**
 * Reads a Hotstack scenario, unchanged.
 *
 * @param source the folder of the scenario; or that with overrides and variables, as
 *   `ansible-playbook` takes them with `-e`
 * @throws {RunError} with every problem at once, by file and line
 * @example new Environment("sno", { spec: loadHotstackScenario("scenarios/snapshot-sno") });
 */
export const loadHotstackScenario = withPlainErrors(
  (source: string | ScenarioSource): EnvironmentSpec =>
    load(typeof source === "string" ? { scenario: source } : source, "deploy"),
);

export { Capture, type CaptureArgs } from "../components/Capture";
export { Cluster, type ClusterArgs, type ClusterStatus } from "../components/Cluster";
export { Environment, type EnvironmentArgs, type RestoredSet } from "../components/Environment";
export {
  VirtualMachineSnapshots,
  type VirtualMachineSnapshotsArgs,
} from "../components/VirtualMachineSnapshots";
export type {
  CaptureKinds,
  ClusterKinds,
  EnvironmentKinds,
  Transform,
  Transforms,
} from "../components/transform";
export type { ScenarioSource } from "../hotstack";
export type { Environment as EnvironmentSpec } from "../snapset/environment/environment";
export type { Instance, SnapsetData } from "../snapset/snapsetData";
export { Restore, type RestoreArgs } from "./Restore";
export { RestoreMachines, type RestoreMachinesArgs } from "./RestoreMachines";
export { captureSettings, clusterSettings, type CaptureSettings } from "./settings";
