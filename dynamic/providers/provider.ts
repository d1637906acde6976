import { InputError } from "../../common/errors";

/** What a check says against inputs. */
export type CheckFailure = { property: string; reason: string };

/**
 * What is known to fail, as the answer of a check.
 *
 * @param look throws an {@link InputError} for what is wrong
 * @param reasonsOf what is said of it; by default its problems
 */
export async function failuresOf(
  look: () => Promise<void>,
  reasonsOf: (error: InputError) => readonly string[] = ({ problems }) => problems,
): Promise<CheckFailure[]> {
  try {
    await look();
    return [];
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    // Named, the property would be shown with its value: all the inputs, with each of the problems.
    return reasonsOf(error).map((reason) => ({ property: "", reason }));
  }
}

/** A dynamic provider's methods, of inputs `I` and outputs `O`; those not given have defaults. */
export interface Provider<I, O> {
  check?(olds: I, news: I): Promise<{ inputs: I; failures: CheckFailure[] }>;
  diff(id: string, olds: O, news: I): Promise<Diff>;
  create(inputs: I): Promise<{ id: string; outs: O }>;
  read?(id: string, props: O): Promise<{ id: string; props: O }>;
  update?(id: string, olds: O, news: I): Promise<{ outs: O }>;
  delete?(id: string, props: O): Promise<void>;
}

export interface Diff {
  changes: boolean;
  replaces?: string[];
  deleteBeforeReplace?: boolean;
}

/** What stands for a value that is not known before the update, in inputs during a preview. */
const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Whether two inputs are known and different. An unknown one is not: it will be compared again. */
export function isDifferent(a: unknown, b: unknown): boolean {
  const [left, right] = [JSON.stringify(a ?? null), JSON.stringify(b ?? null)];
  if (!isKnown(left) || !isKnown(right)) return false;
  return left !== right;
}

/** Whether a value, with all that is in it, is known; in a preview some are not. */
export function isKnown(value: unknown): boolean {
  return !JSON.stringify(value ?? null).includes(unknownValue);
}

/** The value with text in place of all that is not known: for judging in a preview what is. */
export function withPlaceholders<T>(value: T): T {
  return JSON.parse(JSON.stringify(value).replaceAll(unknownValue, placeholder)) as T;
}

/** Stands for an id. Of a snap_id's length, and no id of anything. */
const placeholder = "????????";
