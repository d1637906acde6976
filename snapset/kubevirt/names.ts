import { createHash } from "node:crypto";
import type { ResetWish } from "../reset/mark";

/** Kubernetes takes names of objects up to this length: a DNS subdomain. */
const maxNameLength = 253;

/** A snap_id as part of a name, which knows no capitals: its bytes, two hexadecimal digits each. */
function digitsOf(snapId: string): string {
  return Buffer.from(snapId, "base64url").toString("hex");
}

/**
 * Name of a machine's snapshot: `<machine>-snapshot-<12 hexadecimal digits>`, the digits being the
 * six bytes of the snap_id. 22 characters longer than the machine's name.
 */
export function snapshotNameOf(machine: string, snapId: string): string {
  return `${machine}-snapshot-${digitsOf(snapId)}`;
}

/** Name of the ConfigMap that keeps a capture's journal: `snapset-capture-<12 hexadecimal digits>`. */
export function journalNameOf(snapId: string): string {
  return `snapset-capture-${digitsOf(snapId)}`;
}

/**
 * Name of a restore: `<target>-restore-<12 hexadecimal digits>`, another one for each set, trigger and
 * stack; the same again for an `up` that goes on.
 */
export function restoreNameOf(target: string, { snapId, trigger, by }: ResetWish): string {
  const digest = createHash("sha256")
    .update(JSON.stringify([snapId, trigger, by]))
    .digest("hex");
  return `${target}-restore-${digest.slice(0, 12)}`;
}

/** A machine whose snapshot would get a name that Kubernetes refuses, as a sentence. */
export function nameProblems(machine: string, snapId: string): string[] {
  return lengthProblem(machine, snapshotNameOf(machine, snapId));
}

/** A machine whose snapshot's name is longer than Kubernetes takes, as a sentence. */
export function lengthProblem(machine: string, { length }: { length: number }): string[] {
  return length <= maxNameLength
    ? []
    : [
        `virtual machine ${machine}: the name of its snapshot would have ${length} characters, ` +
          `Kubernetes allows ${maxNameLength}`,
      ];
}

const objectName = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

/** Whether Kubernetes takes `text` as the name of a machine. */
export function isObjectName(text: string): boolean {
  return objectName.test(text);
}
