import { InputError } from "../../common/errors";
import { environmentSchema, type Environment } from "./environment";
import { findConflicts } from "./conflicts";
import { problemsOf } from "../problems";

/**
 * Checks data of unknown origin against the schema of an environment and its own references.
 *
 * @param source where the data is from; stands in front of the problems
 * @throws {InputError} with every problem at once, by key
 */
export function parseEnvironment(data: unknown, source: string): Environment {
  const parsed = environmentSchema.safeParse(data);
  if (!parsed.success) throw new InputError(source, problemsOf(parsed.error));
  const conflicts = findConflicts(parsed.data);
  if (conflicts.length > 0) throw new InputError(source, conflicts);
  return parsed.data;
}
