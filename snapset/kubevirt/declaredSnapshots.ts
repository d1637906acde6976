import { z } from "zod";
import { InputError } from "../../common/errors";
import { durationText, parseDuration } from "../duration";
import { problemsOf } from "../problems";
import { isObjectName, lengthProblem } from "./names";
import { description, objectName } from "./settings";

const apiVersions = ["v1beta1", "v1alpha1"] as const;
const deletionPolicies = ["Delete", "Retain"] as const;
const oneOf = (values: readonly string[]) => `must be one of ${values.join(", ")}`;

const schema = z.strictObject({
  namespace: objectName,
  names: z
    .array(objectName, "must be a list of names")
    .min(1, "must name at least one machine")
    .refine((names) => new Set(names).size === names.length, "must name each machine once"),
  description,
  failureDeadline: durationText.optional(),
  deletionPolicy: z.enum(deletionPolicies, oneOf(deletionPolicies)).optional(),
  apiVersion: z.enum(apiVersions, oneOf(apiVersions)).default("v1beta1"),
});

/** Snapshots of virtual machines as somebody declares them; the words are KubeVirt's. */
export interface DeclaredSnapshots {
  namespace: string;
  /** Of the machines. */
  names: string[];
  /** Shown by the web console. @default none */
  description?: string;
  /** When KubeVirt gives a snapshot up, such as `90s` or `5m`. @default KubeVirt's, five minutes */
  failureDeadline?: string;
  /** What becomes of a snapshot's content when the snapshot is deleted. @default KubeVirt's, `Delete` */
  deletionPolicy?: (typeof deletionPolicies)[number];
  /** Of the group `snapshot.kubevirt.io`. @default v1beta1 */
  apiVersion?: (typeof apiVersions)[number];
}

/** A VirtualMachineSnapshot to be declared. */
export interface SnapshotDeclaration {
  machine: string;
  /** What its name begins with. */
  resourceName: string;
  apiVersion: string;
  kind: "VirtualMachineSnapshot";
  metadata: { namespace: string; annotations?: { description: string } };
  spec: {
    source: { apiGroup: string; kind: string; name: string };
    failureDeadline?: string;
    deletionPolicy?: string;
  };
}

/** `-` and eight hexadecimal digits, with which Pulumi's provider ends a name that it gives. */
const suffixLength = 9;

/**
 * One VirtualMachineSnapshot of each machine, called `<machine>-<name>-<8 hexadecimal digits>`.
 *
 * @param name what the snapshots have in common
 * @throws {InputError} with every problem, by key
 */
export function declarationsOf(name: string, wanted: DeclaredSnapshots): SnapshotDeclaration[] {
  const parsed = schema.safeParse(wanted);
  const problems = [
    ...(isObjectName(name)
      ? []
      : [`name: must fit into names of Kubernetes' objects, got ${name}`]),
    ...(parsed.success ? [] : problemsOf(parsed.error)),
    ...(parsed.data?.names ?? []).flatMap((machine) =>
      lengthProblem(machine, { length: nameOf(machine, name).length + suffixLength }),
    ),
  ];
  if (!parsed.success || problems.length > 0) throw new InputError("snapshots", problems);
  const { data } = parsed;
  const { namespace, deletionPolicy, failureDeadline } = data;
  return data.names.map((machine) => ({
    machine,
    resourceName: nameOf(machine, name),
    apiVersion: `snapshot.kubevirt.io/${data.apiVersion}`,
    kind: "VirtualMachineSnapshot",
    metadata: {
      namespace,
      ...(data.description !== "" && { annotations: { description: data.description } }),
    },
    spec: {
      source: { apiGroup: "kubevirt.io", kind: "VirtualMachine", name: machine },
      ...(failureDeadline !== undefined && { failureDeadline: goDuration(failureDeadline) }),
      ...(deletionPolicy !== undefined && { deletionPolicy }),
    },
  }));
}

const nameOf = (machine: string, name: string) => `${machine}-${name}`;

/** Kubernetes' durations know no days. */
function goDuration(text: string): string {
  return `${Math.ceil(parseDuration(text) / 1000)}s`;
}
