import { z } from "zod";
import { matchesHint } from "./hintExpression";
import type { JsonObject } from "./records";

/** A block device as the ramdisk sees it. */
export interface BlockDevice {
  name: string;
  /** In bytes. */
  size: number;
  model?: string | undefined;
  vendor?: string | undefined;
  serial?: string | undefined;
  wwn?: string | undefined;
  rotational?: boolean | undefined;
}

const gib = 2 ** 30;
const smallest = 4 * gib;

/** The hints of ironic_lib/utils.py, VALID_ROOT_DEVICE_HINTS. */
const hintTypes: Readonly<Record<string, "integer" | "text" | "boolean">> = {
  size: "integer",
  model: "text",
  wwn: "text",
  serial: "text",
  vendor: "text",
  wwn_with_extension: "text",
  wwn_vendor_extension: "text",
  name: "text",
  rotational: "boolean",
  hctl: "text",
  by_path: "text",
};

/**
 * Chooses the root device as a deployment does.
 *
 * @param hints `properties.root_device`
 * @throws {Error} in the words of ironic-python-agent, when no device fits or a hint is none
 */
export function chooseRootDevice<T extends BlockDevice>(
  devices: readonly T[],
  hints: JsonObject | undefined,
): T {
  if (hints === undefined || Object.keys(hints).length === 0) return firstLargeEnough(devices);
  checkHints(hints);
  const match = devices.find((device) =>
    Object.entries(hints).every(([hint, expected]) => fits(device, hint, expected)),
  );
  if (match !== undefined) return match;
  throw new Error(
    `No suitable device was found for deployment using these hints ${JSON.stringify(hints)}`,
  );
}

// The specification: "the first available block device not less than 4GiB". Today's agents take the
// smallest of those (ironic_python_agent/utils.py, guess_root_disk); this follows the specification.
function firstLargeEnough<T extends BlockDevice>(devices: readonly T[]): T {
  const first = devices.find(({ size }) => size >= smallest);
  if (first !== undefined) return first;
  throw new Error(
    `No suitable device was found for deployment - root device hints were not provided and all found block devices are smaller than ${smallest}B.`,
  );
}

function checkHints(hints: JsonObject): void {
  const unknown = Object.keys(hints).filter((hint) => !(hint in hintTypes));
  if (unknown.length === 0) return;
  throw new Error(
    `The hints "${unknown.join(", ")}" are invalid. Valid hints are: "${Object.keys(hintTypes).join(", ")}"`,
  );
}

function fits(device: BlockDevice, hint: string, expected: unknown): boolean {
  const value: unknown = device[hint as keyof BlockDevice];
  switch (hintTypes[hint]) {
    case "boolean":
      return value === flag(hint, expected);
    case "integer":
      return matchesHint(Number(value) / gib, String(positive(hint, expected)));
    default:
      return typeof value === "string" && matchesHint(value, text(hint, expected));
  }
}

function flag(hint: string, expected: unknown): boolean {
  const known = z.union([z.boolean(), z.stringbool()]).safeParse(expected);
  if (known.success) return known.data;
  throw new Error(
    `Root device hint "${hint}" is not a Boolean value. Current value: ${String(expected)}`,
  );
}

function positive(hint: string, expected: unknown): unknown {
  const numbers = String(expected).match(/-?[\w.]+/g) ?? [];
  for (const number of numbers.filter((word) => word !== "or")) {
    if (!/^-?\d+$/.test(number)) {
      throw new Error(
        `Root device hint "${hint}" is not an integer value. Current value: ${String(expected)}`,
      );
    }
    if (Number(number) <= 0) {
      throw new Error(
        `Root device hint "${hint}" should be a positive integer. Current value: ${String(expected)}`,
      );
    }
  }
  return expected;
}

function text(hint: string, expected: unknown): string {
  if (typeof expected === "string" && expected.trim() !== "") return expected;
  throw new Error(
    `Root device hint "${hint}" is not a string value. Hint expression: ${String(expected)}`,
  );
}
