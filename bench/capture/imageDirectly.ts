import { systemClock } from "../../common/clock";
import { waitFor } from "../../common/wait";
import type { OpenStack } from "../../openstack";
import { timed } from "../statistics";

const deadlineMs = 600_000;
/** Finer than this, or server by server, the questions would slow a cloud on the same machine. */
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
  const wanted = new Set(ids);
  await waitFor({
    what: `${ids.length} images to be active`,
    observe: async () => {
      const images = await client.image.listImages({ owner: client.projectId, status: "active" });
      return images.filter(({ id }) => wanted.has(id)).length;
    },
    isDone: (count) => count === ids.length,
    describe: (count) => `${count} are`,
    ...polling(signal),
  });
}

async function waitUntilIdle(
  client: OpenStack,
  servers: Named,
  signal: AbortSignal,
): Promise<void> {
  const wanted = new Set(servers.map(({ id }) => id));
  await waitFor({
    what: `${servers.length} servers to have no task`,
    observe: async () => {
      const found = (await client.compute.listServers()).filter(({ id }) => wanted.has(id));
      return found.filter((server) => server["OS-EXT-STS:task_state"] !== null).length;
    },
    isDone: (count) => count === 0,
    describe: (count) => `${count} have one`,
    ...polling(signal),
  });
}

function polling(signal: AbortSignal) {
  return { deadlineMs, intervalMs, maxIntervalMs: intervalMs, clock: systemClock, signal };
}
