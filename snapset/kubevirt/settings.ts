import { z } from "zod";
import { checkReach, reachKeys } from "../clusterReach";
import { durationOr } from "../duration";
import { normalizeMac } from "../mac";
import { isObjectName } from "./names";

const text = z.string().min(1, "must not be empty");

/** The name of an object, as a user writes it. */
export const objectName = text.refine(
  isObjectName,
  "must be a name as Kubernetes has them (lower case letters, digits, - and .)",
);

/** `pulumi config set` hands some values over as text. */
const asBoolean = (value: unknown) => (value === "true" ? true : value === "false" ? false : value);

const yesOrNo = z.preprocess(asBoolean, z.boolean("must be true or false"));

const partial = "must be true, false, or a list of disks";
const acceptPartial = z.preprocess(
  asBoolean,
  z.union([z.boolean(), z.array(text, partial)], { error: partial }),
);

/** Of snapshots, shown by the web console. */
export const description = z.string().max(1024, "must be at most 1024 characters").default("");

const mac = text.refine((it) => normalizeMac(it) !== undefined, "must be a MAC address");

/** Into which machine a member of a set is restored, if not into its own. */
const target = z.strictObject(
  {
    name: objectName.optional(),
    /** By the interface's name. */
    macAddresses: z.record(text, mac).default({}),
  },
  { error: "must be a map of name and macAddresses" },
);

/** What becomes of the names of a machine's volumes, in KubeVirt's words. */
const volumeRestorePolicies = ["RandomizeNames", "InPlace", "PrefixTargetName"] as const;

// A node's login has no place here, nor has the console of a controller.
const { kubeconfig, kubeconfigContent, remoteKubeconfig, bastion, addresses } = reachKeys;

/** The schema of `snapset:kubevirt`. */
export const kubevirtSettings = checkReach(
  z.strictObject(
    {
      kubeconfig,
      kubeconfigContent,
      remoteKubeconfig,
      bastion: bastion.refine((it) => it === undefined || it.host !== undefined, {
        path: ["host"],
        message: "is missing",
      }),
      addresses,
      namespace: objectName,
      /** The machines of a capture, by name … */
      names: z
        .array(objectName, "must be a list of names")
        .min(1, "must name at least one machine")
        .optional(),
      /** … or by label, as `kubectl --selector` takes it. */
      selector: text.optional(),
      acceptPartial: acceptPartial.default(false),
      description,
      // KubeVirt's own default, DefaultFailureDeadline.
      failureDeadline: durationOr("5m"),
      /** When frozen guests thaw by themselves, whatever becomes of the capture. */
      unfreezeTimeout: durationOr("5m"),
      targets: z.record(text, target).default({}),
      volumeRestorePolicy: z
        .enum(volumeRestorePolicies, {
          error: `must be one of ${volumeRestorePolicies.join(", ")}`,
        })
        .optional(),
      /** Whether restored machines are started. */
      start: yesOrNo.default(true),
    },
    {
      error: ({ code }: { code?: string | undefined }) =>
        code === "invalid_type" ? "must be a mapping" : undefined,
    },
  ),
).refine((it) => it.names === undefined || it.selector === undefined, {
  path: ["selector"],
  message: "names is given already; say in one way which machines are meant",
});

/** Where virtual machines are, and how they are captured and restored. Durations in milliseconds. */
export type KubevirtSettings = z.output<typeof kubevirtSettings>;

/** `snapset:kubevirt` as it is written: what is not said has its default. */
export type KubevirtSettingsInput = z.input<typeof kubevirtSettings>;
