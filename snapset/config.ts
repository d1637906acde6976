import { z } from "zod";
import { InputError } from "../common/errors";
import { checkReach, reachKeys, type ClusterSecrets, type LoginSecrets } from "./clusterReach";
import { durationOr } from "./duration";
import { hookSettingsSchema, type HookSettings } from "./hooks/login";
import { kubevirtSettings, type KubevirtSettings } from "./kubevirt/settings";
import { consistencies, volumePolicies, type Consistency, type VolumePolicy } from "./manifest";
import { placementKeys, type Placement } from "./placement/placement";
import { problemsOf } from "./problems";
import { restoreSettings, triggerProblems, type RestoreSettings } from "./reset/settings";
import { isSnapId } from "./snapId";

const text = z.string().min(1, "must not be empty");

const cluster = checkReach(
  z.strictObject({
    ...reachKeys,
    stability: z
      .strictObject({
        beforeShutdown: durationOr("60s"),
        initial: durationOr("5s"),
        extended: durationOr("60s"),
      })
      .prefault({}),
    rounds: z
      .enum(["proof", "classic"], { error: "must be one of proof, classic" })
      .default("proof"),
    rotation: z
      .strictObject({
        mode: z
          .enum(["gate", "accelerate", "wait", "off"], {
            error: "must be one of gate, accelerate, wait, off",
          })
          .default("gate"),
        // The operator renews a csr-signer of 30 days when 15 are left: a rotated one always has more.
        minValidity: durationOr("14d"),
        // The first rotation is over a day after the installation began.
        deadline: durationOr("26h"),
        wait: durationOr("25h"),
      })
      .prefault({}),
    debugImage: text.optional(),
    // Twice what Red Hat's procedure gives; the pods' own grace is no shorter when the node goes down.
    drain: durationOr("30s"),
    etcdBackup: text
      .regex(
        /^(\/|~\/)./,
        "must be a directory on the bastion: an absolute path, or one that begins with ~/",
      )
      .optional(),
    deadline: durationOr("45m"),
  }),
).refine(
  ({ etcdBackup, bastion, nodeAccess }) =>
    etcdBackup === undefined || (bastion !== undefined && nodeAccess.ssh !== undefined),
  {
    path: ["etcdBackup"],
    message:
      "needs nodeAccess ssh, by which a master makes the backup, and a bastion, where it is put",
  },
);

const deadlines = z
  .strictObject({ stop: durationOr("5m"), images: durationOr("60m"), idle: durationOr("30s") })
  .prefault({});

/** A Hotstack scenario with what `ansible-playbook` would be told beside it. */
const scenario = z.strictObject({
  scenario: z
    .string("must be the path of a scenario's folder, or of a HOT template")
    .min(1, "must not be empty"),
  overrides: z.array(text).default([]),
  variables: z.record(text, z.unknown()).default({}),
});

const count = z.coerce
  .number("must be a number")
  .int("must be a whole number")
  .min(1, "must be at least 1")
  .max(1000, "must be at most 1000");

const schema = z.strictObject({
  mode: z
    .enum(["restore", "deploy", "capture"], { error: "must be one of restore, deploy, capture" })
    .default("restore"),
  environment: z
    .union([text, scenario], {
      error:
        "must be a path, or a map of scenario (a path), overrides (paths) and variables (a map)",
    })
    .optional(),
  snapId: z
    .string()
    .refine(isSnapId, "must be a snap_id (letters, digits, - and _) or latest")
    .optional(),
  // Pulumi hands every value over as text.
  allowExpired: z
    .enum(["true", "false"], { error: "must be true or false" })
    .default("false")
    .transform((value) => value === "true"),
  restore: restoreSettings,
  ...placementKeys,
  source: text.optional(),
  instances: z.union([text, z.record(z.string(), z.unknown())]).optional(),
  capture: z.string().max(64, "must be at most 64 characters").default("1"),
  deletionPolicy: z
    .enum(["Delete", "Retain"], { error: "must be one of Delete, Retain" })
    .default("Delete"),
  afterCapture: z
    .enum(["leave", "resume"], { error: "must be one of leave, resume" })
    .default("leave"),
  onFailure: z
    .enum(["giveBack", "keep"], { error: "must be one of giveBack, keep" })
    .default("giveBack"),
  consistency: z
    .enum(consistencies, { error: `must be one of ${consistencies.join(", ")}` })
    .default("shutdown"),
  volumes: z
    .record(text, z.enum(volumePolicies, { error: `must be one of ${volumePolicies.join(", ")}` }))
    .default({}),
  parallelImages: count.default(256),
  // Nova's own default, max_concurrent_snapshots.
  imagesPerHost: count.default(5),
  // Nova's own default, shutdown_timeout.
  shutdownTimeout: durationOr("60s"),
  deadlines,
  cluster: cluster.optional(),
  kubevirt: kubevirtSettings.optional(),
  hooks: hookSettingsSchema.prefault({}),
});

type Schema = z.output<typeof schema>;
export type ClusterSettings = NonNullable<Schema["cluster"]>;

/** `snapset:cluster` as it is written: what is not said has its default. */
export type ClusterSettingsInput = z.input<typeof cluster>;

/** The path of an environment, or a Hotstack scenario. */
export type EnvironmentSource = NonNullable<Schema["environment"]>;

interface Common {
  deadlines: Schema["deadlines"];
  cluster?: ClusterSettings | undefined;
  /** Of the stack's configuration: beside those of the environment. */
  hooks: HookSettings;
}

/** Deploy an environment from base images. */
export interface DeployConfig extends Common {
  mode: "deploy";
  environment: EnvironmentSource;
  placement: Placement;
}

/** Declare an environment from the images of a set, and revive its cluster. */
export interface RestoreConfig extends Common {
  mode: "restore";
  /** Virtual machines in OpenShift instead of an environment in OpenStack. */
  kubevirt?: KubevirtSettings | undefined;
  environment?: EnvironmentSource | undefined;
  snapId: string;
  /** Whether a set may be chosen whose cluster's certificates have expired. */
  allowExpired: boolean;
  placement: Placement;
  restore: RestoreSettings;
}

/** Capture the servers of another stack, or those named. */
export interface CaptureConfig extends Common {
  mode: "capture";
  /** Virtual machines in OpenShift instead of servers. */
  kubevirt?: KubevirtSettings | undefined;
  /** Servers from the outputs of this stack … */
  source?: string | undefined;
  /** … or from Hotstack's `snapset_data`: itself, or the path of a YAML file. */
  instances?: string | Record<string, unknown> | undefined;
  capture: string;
  deletionPolicy: "Delete" | "Retain";
  afterCapture: "leave" | "resume";
  onFailure: "giveBack" | "keep";
  consistency: Consistency;
  /** By name or id. */
  volumes: Record<string, VolumePolicy>;
  parallelImages: number;
  imagesPerHost: number;
  /** Milliseconds. */
  shutdownTimeout: number;
}

export type Config = DeployConfig | RestoreConfig | CaptureConfig;

const subject = "stack configuration";

/**
 * Reads the stack's configuration, namespace `snapset`.
 *
 * @param values all values of the stack, by full key, as Pulumi holds them: text, structures as JSON
 * @throws {InputError} with every problem at once, by key
 */
export function parseConfig(values: Readonly<Record<string, string>>): Config {
  const own = Object.entries(values).flatMap(([key, value]) =>
    key.startsWith("snapset:") ? [[key.slice("snapset:".length), structureOf(value)] as const] : [],
  );
  const parsed = schema.safeParse(Object.fromEntries(own));
  const problems = parsed.success ? modeProblems(parsed.data) : problemsOf(parsed.error);
  if (!parsed.success || problems.length > 0) {
    throw new InputError(
      subject,
      problems.map((problem) => `snapset:${problem}`),
    );
  }
  return forMode(parsed.data);
}

/**
 * Reads the value of `snapset:cluster` alone; undefined where there is none.
 *
 * @throws {InputError} with every problem at once, by key
 */
export function parseClusterSettings(value: string | undefined): ClusterSettings | undefined {
  if (value === undefined) return undefined;
  const parsed = cluster.safeParse(structureOf(value));
  if (parsed.success) return parsed.data;
  throw new InputError("snapset:cluster", problemsOf(parsed.error));
}

/** The secrets of `snapset:cluster`, which providers read for themselves: never an input. */
export function clusterSecretsOf(value: string | undefined): ClusterSecrets {
  const it = (value === undefined ? {} : structureOf(value)) as {
    kubeconfigContent?: string;
    bastion?: LoginSecrets | null;
    nodeAccess?: { ssh?: LoginSecrets | null } | null;
  };
  return {
    kubeconfigContent: it.kubeconfigContent,
    bastion: loginSecretsOf(it.bastion),
    nodeAccess: loginSecretsOf(it.nodeAccess?.ssh),
  };
}

function loginSecretsOf(login: LoginSecrets | null | undefined): LoginSecrets {
  return { privateKey: login?.privateKey, passphrase: login?.passphrase };
}

/** Pulumi hands structures over as JSON; all else is text, a snap_id of digits too. */
function structureOf(value: string): unknown {
  if (!/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function modeProblems(it: Schema): string[] {
  switch (it.mode) {
    case "deploy":
      return it.environment === undefined
        ? ["environment: is missing; mode deploy needs the path of an environment"]
        : openstackProblems(it);
    case "restore":
      return [
        ...(it.snapId === undefined
          ? ["snapId: is missing; mode restore needs a snap_id, or latest"]
          : []),
        ...openstackProblems(it),
        ...(it.kubevirt === undefined ? triggerProblems(it.restore) : []),
      ];
    case "capture":
      return it.kubevirt === undefined ? sourceProblems(it) : machineProblems(it);
  }
}

/** What virtual machines in OpenShift exclude. */
function openstackProblems(it: Schema): string[] {
  if (it.kubevirt === undefined) return [];
  if (it.mode === "deploy") return ["kubevirt: mode deploy makes servers of OpenStack only"];
  const others = (["environment", "source", "instances", "cluster"] as const).filter(
    (key) => it[key] !== undefined,
  );
  return others.map((key) => `${key}: kubevirt is given already; one stack is about one of them`);
}

function machineProblems(it: Schema): string[] {
  const { names, selector } = it.kubevirt ?? {};
  return [
    ...(names === undefined && selector === undefined
      ? ["kubevirt.names: is missing; mode capture needs names of machines, or a selector"]
      : []),
    ...(Object.keys(it.volumes).length > 0
      ? ["volumes: of a virtual machine all are captured that can be; see kubevirt.acceptPartial"]
      : []),
    ...openstackProblems(it),
  ];
}

function sourceProblems(it: Schema): string[] {
  if (it.source !== undefined && it.instances !== undefined) {
    return ["instances: source is given already; name the servers in one place"];
  }
  return it.source === undefined && it.instances === undefined
    ? ["source: is missing; mode capture needs source (a stack) or instances (snapset_data)"]
    : [];
}

function forMode(it: Schema): Config {
  const common = { deadlines: it.deadlines, cluster: it.cluster, hooks: it.hooks };
  const { map, mac, ip, floatingIp } = it;
  const placement = { map, mac, ip, floatingIp };
  switch (it.mode) {
    case "deploy":
      return { ...common, mode: it.mode, environment: it.environment ?? "", placement };
    case "restore":
      return {
        ...common,
        mode: it.mode,
        kubevirt: it.kubevirt,
        environment: it.environment,
        snapId: it.snapId ?? "",
        allowExpired: it.allowExpired,
        placement,
        restore: it.restore,
      };
    case "capture":
      return {
        ...common,
        mode: it.mode,
        kubevirt: it.kubevirt,
        source: it.source,
        instances: it.instances,
        capture: it.capture,
        deletionPolicy: it.deletionPolicy,
        afterCapture: it.afterCapture,
        onFailure: it.onFailure,
        consistency: it.consistency,
        volumes: it.volumes,
        parallelImages: it.parallelImages,
        imagesPerHost: it.imagesPerHost,
        shutdownTimeout: it.shutdownTimeout,
      };
  }
}
