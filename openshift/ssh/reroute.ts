import type { Agent, ClientRequestArgs } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { Duplex } from "node:stream";

type Done = (error: Error | null, socket?: Duplex) => void;
type CreateConnection = (options: ClientRequestArgs & { socket?: Duplex }, done: Done) => unknown;

/** What became of a rerouted agent's connection. */
export interface Route {
  /** The error that kept the connection from being made. */
  failure?: unknown;
}

/**
 * Makes an agent's requests go over connections of `dial`. TLS stays the agent's own, from end to
 * end: with its certificate authority, and for the name in the request's address.
 */
export function reroute(agent: Agent, dial: () => Promise<Duplex>): Route {
  const route: Route = {};
  const rerouted = agent as unknown as { createConnection: CreateConnection };
  const original = rerouted.createConnection.bind(agent);
  const isTls = agent instanceof HttpsAgent;
  rerouted.createConnection = (options, done) => {
    dial().then(
      (socket) => {
        done(null, isTls ? (original({ ...options, socket }, done) as Duplex) : socket);
      },
      (error: unknown) => {
        route.failure = error;
        done(error as Error);
      },
    );
    // nothing returned: the socket comes by the callback
  };
  return route;
}
