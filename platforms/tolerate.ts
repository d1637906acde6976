import { isConflict, isNotFound } from "../openstack";

/** What `work` gives, or undefined when the thing that it is about is gone. */
export async function ifThere<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Waits for `work`, which is refused with 409 when somebody else has told the thing something meanwhile. */
export async function unlessConflict(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!isConflict(error)) throw error;
  }
}
