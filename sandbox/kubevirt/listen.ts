import { serve } from "@hono/node-server";
import type { Hono } from "hono";
import { once } from "node:events";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { issue } from "../certificates";
import { keepAliveMs } from "../keepAlive";

const dayMs = 24 * 3_600_000;

/** A server on loopback, and the authority that vouches for it. */
export interface Listening {
  url: string;
  /** PEM. */
  ca: string;
  close: () => Promise<void>;
}

/** Serves by HTTPS: client-go sends no credentials without TLS. */
export async function listen(app: Hono): Promise<Listening> {
  const dates = {
    notBefore: new Date(Date.now() - dayMs),
    notAfter: new Date(Date.now() + 30 * dayMs),
  };
  const commonName = "kube-apiserver-lb-signer";
  const pair = issue({ commonName, purpose: "authority", ...dates });
  const own = issue(
    { commonName: "kubernetes", purpose: "server", ipAddresses: ["127.0.0.1"], ...dates },
    { pair, commonName },
  );
  const serverOptions = { cert: own.certificate, key: own.key, keepAliveTimeout: keepAliveMs };
  const at = { hostname: "127.0.0.1", port: 0 };
  const server = serve({ fetch: app.fetch, ...at, createServer, serverOptions }) as Server;
  if (!server.listening) await once(server, "listening");
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ca: pair.certificate,
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** A kubeconfig for one token, with everything in it. JSON is YAML. */
export function kubeconfigOf({ url, ca }: Listening, token: string, namespace: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "lab", cluster: { server: url, "certificate-authority-data": btoa(ca) } }],
    users: [{ name: "snapset", user: { token } }],
    contexts: [{ name: "lab", context: { cluster: "lab", user: "snapset", namespace } }],
    "current-context": "lab",
  });
}
