import { isNotFound } from "../../openstack";

/** What `work` gives, or undefined when the thing that it is about is gone. */
export async function ifThere<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
