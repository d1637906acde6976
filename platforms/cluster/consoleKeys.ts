import { waitFor } from "../../common/wait";
import { hostKeysOnConsole } from "../../openshift";
import { isConflict, isNotFound, type Server } from "../../openstack";
import { addressesOf } from "../nova/addresses";
import type { Context } from "../context";

/**
 * Keys that consoles have shown to this process, by server: cloud-init prints them once, and Nova
 * forgets a console when its server is started anew, as it is after a capture.
 */
const shown = new Map<string, string[]>();

/**
 * The SSH host keys that the server at an address has printed on its console: whoever may read that
 * console by the cloud's API can trust them. Waits until they are there.
 *
 * @param host a floating or fixed address of one of the project's servers
 * @param controller id of the server that counts where several have that address
 * @param patienceMs for how long a server that boots may take to print them
 * @throws {TimeoutError} saying what was seen instead
 */
export async function readConsoleKeys(
  host: string,
  controller: string | null,
  patienceMs: number,
  context: Context,
): Promise<string[]> {
  const { keys } = await waitFor<{ keys: string[]; problem: string }>({
    what: `the SSH host keys of bastion ${host} on its server's console`,
    observe: () => observeKeys(host, controller, context),
    isDone: ({ keys }) => keys.length > 0,
    describe: ({ problem }) => problem,
    deadlineMs: patienceMs,
    clock: context.clock,
    signal: context.signal,
    onProgress: (line) => {
      context.report(`waiting for the bastion: ${line}`);
    },
  });
  return keys;
}

async function observeKeys(host: string, controller: string | null, { cloud }: Context) {
  const having = serversAt(host, await cloud.compute.listServers());
  const own = having.find(({ id }) => id === controller);
  const servers = own === undefined ? having : [own];
  const [server, ...others] = servers;
  if (server === undefined || others.length > 0) {
    const names = servers.map(({ name, id }) => `${name} (${id})`).join(", ");
    const problem = `${server === undefined ? "no server has" : `${names} all have`} the address ${host}`;
    return { keys: [], problem };
  }
  const printed = hostKeysOnConsole(await consoleOf(server, cloud));
  if (printed.length > 0) shown.set(server.id, printed);
  const keys = shown.get(server.id) ?? [];
  const problem = `none on the console of ${server.name}; cloud-init prints them at a server's first boot only: set hostKey or knownHosts where that is past`;
  return { keys, problem };
}

/** A floating address is one server's; environments restored twice have the same fixed ones. */
function serversAt(host: string, servers: readonly Server[]): Server[] {
  const having = (type: string) =>
    servers.filter((server) =>
      addressesOf(server).some((it) => it.addr === host && it["OS-EXT-IPS:type"] === type),
    );
  const floating = having("floating");
  return floating.length > 0 ? floating : having("fixed");
}

/** Nothing while the server is not up (nova `compute/api.py`, get_console_output). */
async function consoleOf({ id }: Server, cloud: Context["cloud"]): Promise<string> {
  try {
    return await cloud.compute.showConsoleOutput(id);
  } catch (error) {
    if (isNotFound(error) || isConflict(error)) return "";
    throw error;
  }
}
