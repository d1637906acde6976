import { Config } from "@pulumi/pulumi";
import { InputError } from "../common/errors";
import { withPlainErrors } from "../modes/plainErrors";
import {
  parseClusterSettings,
  parseConfig,
  type CaptureConfig,
  type ClusterSettings,
  type ClusterSettingsInput,
} from "../snapset/config";
import type { KubevirtSettingsInput } from "../snapset/kubevirt/settings";

/** How a capture is done; what is not said has its default. Durations are written `90s`, `5m`, `25h`. */
export interface CaptureSettings extends Partial<
  Pick<
    CaptureConfig,
    | "capture"
    | "deletionPolicy"
    | "afterCapture"
    | "onFailure"
    | "consistency"
    | "volumes"
    | "parallelImages"
    | "imagesPerHost"
  >
> {
  shutdownTimeout?: string;
  deadlines?: { stop?: string; images?: string; idle?: string };
  cluster?: ClusterSettingsInput;
  /** Virtual machines in OpenShift instead of servers. */
  kubevirt?: KubevirtSettingsInput;
}

/**
 * Checks how a capture is to be done, as the stack's configuration is checked.
 *
 * @throws {RunError} with every problem at once, by key
 * @example captureSettings({ deletionPolicy: "Retain", deadlines: { images: "2h" } })
 */
export const captureSettings = withPlainErrors((settings: CaptureSettings = {}): CaptureConfig => {
  // The servers are the component's arguments.
  const source = settings.kubevirt === undefined ? { instances: {} } : {};
  const config = parseConfig(configOf({ mode: "capture", ...source, ...settings }));
  if (config.mode !== "capture") throw new InputError("capture", ["mode: is given"]);
  return config;
});

/**
 * Checks how a cluster is reached and revived. Kubeconfigs and private keys that are secrets stay in
 * the stack's configuration, under `snapset:cluster`, where providers read them for themselves.
 *
 * @param settings by default `snapset:cluster` of the stack's configuration
 * @throws {RunError} with every problem at once, by key
 * @example clusterSettings({ kubeconfig: "~/kubeconfig", deadline: "1h" })
 */
export const clusterSettings = withPlainErrors(
  (settings?: ClusterSettingsInput): ClusterSettings => {
    const text =
      settings === undefined ? new Config("snapset").get("cluster") : JSON.stringify(settings);
    const parsed = parseClusterSettings(text);
    if (parsed !== undefined) return parsed;
    throw new InputError("snapset:cluster", ["is missing in the stack's configuration"]);
  },
);

/** Values as Pulumi holds those of a stack: text, structures as JSON. */
export function configOf(values: object): Record<string, string> {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    given.map(([key, value]) => [
      `snapset:${key}`,
      typeof value === "object" ? JSON.stringify(value) : String(value),
    ]),
  );
}
