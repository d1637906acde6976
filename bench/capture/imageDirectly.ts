import { systemClock } from "../../common/clock";
import { waitFor } from "../../common/wait";
import type { OpenStack } from "../../openstack";
import { timed } from "../statistics";

const deadlineMs = 600_000;
/** Finer than this, the questions themselves would slow a cloud on the same machine. */
const intervalMs = 100;

type Named = readonly { id: string; name: string }[];

/**
 * Asks for one image after the other on an idle cloud.
 *
 * @returns how long each took until it was active and its server had no task, in milliseconds
 */
export async function imageOneByOne(
  client: OpenStack,
  servers: Named,
  signal: AbortSignal,
): Promise<number[]> {
  const times: number[] = [];
  for (const server of servers) times.push(await imageAllAtOnce(client, [server], signal));
  return times;
}

/**
 * Asks for all images at once, and for nothing else: what the cloud itself needs.
 *
 * @returns milliseconds until the last was active and no server had a task
 */
export async function imageAllAtOnce(
  client: OpenStack,
  servers: Named,
  signal: AbortSignal,
): Promise<number> {
  const { elapsedMs } = await timed(async () => {
    const ids = await Promise.all(
      servers.map(({ id, name }) => client.compute.createImage(id, { name: `${name}-direct` })),
    );
    await waitUntilActive(client, ids, signal);
    await waitUntilIdle(client, servers, signal);
  });
  return elapsedMs;
}

async function waitUntilActive(
  client: OpenStack,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const left = new Set(ids);
  await waitFor({
    what: `${ids.length} images to be active`,
    observe: async () => {
      const images = await Promise.all([...left].map((id) => client.image.showImage(id)));
      for (const { id, status } of images) if (status === "active") left.delete(id);
      return left.size;
    },
    isDone: (count) => count === 0,
    describe: (count) => `${count} are not`,
    ...polling(signal),
  });
}

async function waitUntilIdle(
  client: OpenStack,
  servers: Named,
  signal: AbortSignal,
): Promise<void> {
  const left = new Set(servers.map(({ id }) => id));
  await waitFor({
    what: `${servers.length} servers to have no task`,
    observe: async () => {
      const found = await Promise.all([...left].map((id) => client.compute.showServer(id)));
      for (const server of found) {
        if (server["OS-EXT-STS:task_state"] === null) left.delete(server.id);
      }
      return left.size;
    },
    isDone: (count) => count === 0,
    describe: (count) => `${count} have one`,
    ...polling(signal),
  });
}

function polling(signal: AbortSignal) {
  return { deadlineMs, intervalMs, maxIntervalMs: intervalMs, clock: systemClock, signal };
}
