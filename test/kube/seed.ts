import { isRefusal, type Api } from "./Api";
import type { Seeded } from "./objects";

/** Makes an object, or brings one that is there to what is wanted; then its status. */
async function seed(api: Api, { collection, object, status }: Seeded): Promise<void> {
  const path = `${collection}/${object.metadata.name}`;
  try {
    await api.create(collection, object);
  } catch (error) {
    if (!isRefusal(error, 409)) throw error;
    await api.patch(path, object);
  }
  if (status !== undefined) await api.setStatus(path, status);
}

/** Several at once. */
export async function seedAll(api: Api, all: readonly Seeded[]): Promise<void> {
  await Promise.all(all.map((one) => seed(api, one)));
}
