import { ApiError } from "../../openstack";

/** The error that a call is expected to end with. */
export async function refusal(work: Promise<unknown>): Promise<ApiError> {
  const outcome = await work.then(
    () => "no refusal",
    (error: unknown) => error,
  );
  if (outcome instanceof ApiError) return outcome;
  throw outcome instanceof Error ? outcome : new Error(String(outcome));
}
