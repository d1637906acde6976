import {
  HttpMethod,
  IsomorphicFetchHttpLibrary,
  RequestContext,
  type KubeConfig,
} from "@kubernetes/client-node";
import type { Clock } from "../../common/clock";
import { InputError } from "../../common/errors";
import { createCluster, type Cluster } from "./cluster";
import { loadKubeconfig } from "./kubeconfig";
import type { Bastion } from "../ssh/bastion";
import { dialDirectly, dialInOrder, type Dial } from "../ssh/dialInOrder";
import { parseAddress, type Address } from "../ssh/forward";
import { reroute } from "../ssh/reroute";
import type { Send, Wire } from "./wire";

/** How to reach a cluster. */
export interface ClusterConnection {
  /** A file here, a file on the bastion, or the text of one (a secret of the stack's configuration). */
  kubeconfig: { path: string } | { remotePath: string } | { content: string; from?: string };
  /** Everything goes through it; whoever opened it closes it. */
  bastion?: Bastion | undefined;
  /**
   * Where the API is to be found, tried in order: `host:port`, as the bastion sees it. The
   * certificate is still checked for the kubeconfig's server.
   *
   * @default the kubeconfig's server
   */
  addresses?: readonly string[] | undefined;
  clock: Clock;
  signal?: AbortSignal | undefined;
  /** How long one attempt of a call may take. @default 15000 */
  callTimeoutMs?: number;
}

/**
 * A client for the kubeconfig's current context. Nothing is contacted yet, unless the kubeconfig has
 * to be read from the bastion.
 *
 * @throws {InputError} naming what is wrong with the kubeconfig or the addresses
 */
export async function connectCluster(connection: ClusterConnection): Promise<Cluster> {
  const { server, wire } = await connectWire(connection);
  return createCluster(server, wire);
}

/** The address of an API server, and what carries calls to it. */
export interface ApiWire {
  server: string;
  wire: Wire;
}

/**
 * As {@link connectCluster}, for calls of one's own.
 *
 * @throws {InputError} naming what is wrong with the kubeconfig or the addresses
 */
export async function connectWire(connection: ClusterConnection): Promise<ApiWire> {
  const kubeconfig = loadKubeconfig(await locate(connection));
  const server = (kubeconfig.getCurrentCluster()?.server ?? "").replace(/\/+$/, "");
  const wire = {
    send: sender(kubeconfig, server, dialer(connection, kubeconfig, server)),
    clock: connection.clock,
    signal: connection.signal,
    callTimeoutMs: connection.callTimeoutMs ?? 15_000,
  };
  return { server, wire };
}

async function locate({ kubeconfig, bastion }: ClusterConnection) {
  if (!("remotePath" in kubeconfig)) return kubeconfig;
  const { remotePath } = kubeconfig;
  if (!bastion) throw new InputError("kubeconfig", ["remotePath: needs a bastion to be read from"]);
  const content = await bastion.readFile(remotePath);
  return { content, from: `${remotePath} on ${bastion.subject}` };
}

/** How to connect, if not simply to the server. */
function dialer(
  { bastion, addresses = [] }: ClusterConnection,
  kubeconfig: KubeConfig,
  server: string,
): (() => ReturnType<Dial>) | undefined {
  if (!bastion && addresses.length === 0) return undefined;
  if (kubeconfig.getCurrentCluster()?.proxyUrl) {
    const by = bastion ? "a bastion" : "addresses of the API";
    throw new InputError("kubeconfig", [`proxy-url: cannot be combined with ${by}`]);
  }
  const dial = bastion ? (address: Address) => bastion.forward(address) : dialDirectly;
  return dialInOrder(addresses.length > 0 ? parseAll(addresses) : [addressOf(server)], dial);
}

function parseAll(addresses: readonly string[]): Address[] {
  const parsed = addresses.map((text) => parseAddress(text));
  const wrong = addresses.filter((_, index) => parsed[index] === undefined);
  if (wrong.length > 0) {
    throw new InputError(
      "addresses of the API",
      wrong.map((text) => `"${text}" is not host:port`),
    );
  }
  return parsed.filter((address) => address !== undefined);
}

function addressOf(server: string): Address {
  const { protocol, hostname, port } = new URL(server);
  const usual = protocol === "https:" ? 443 : 80;
  return { host: hostname.replace(/^\[|\]$/g, ""), port: port === "" ? usual : Number(port) };
}

/** client-node does what it is best at, credentials and TLS; the calls themselves are ours. */
function sender(
  kubeconfig: KubeConfig,
  server: string,
  dial: (() => ReturnType<Dial>) | undefined,
): Send {
  const http = new IsomorphicFetchHttpLibrary();
  return async (request) => {
    const context = new RequestContext(`${server}${request.path}`, HttpMethod[request.method]);
    for (const [name, value] of Object.entries(request.headers))
      context.setHeaderParam(name, value);
    if (request.body !== undefined) context.setBody(request.body);
    context.setSignal(request.signal);
    await kubeconfig.applySecurityAuthentication(context);
    const agent = context.getAgent();
    const route = dial && agent && reroute(agent, dial);
    try {
      const answer = await http.send(context).toPromise();
      return {
        status: answer.httpStatusCode,
        headers: answer.headers,
        text: await answer.body.text(),
      };
    } catch (error) {
      // fetch keeps nothing of the error but its message
      throw route?.failure ?? error;
    }
  };
}
