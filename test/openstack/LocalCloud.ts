import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "../../common/clock";
import { connect, type OpenStack } from "../../openstack";

/** A request as it arrived. */
export interface Received {
  method: string;
  url: string;
  headers: IncomingMessage["headers"];
  body: string;
}

type Route = (received: Received, response: ServerResponse) => void;

/** The password that must not be seen anywhere. */
export const password = "correct-horse-battery";

/**
 * A cloud of one process: Keystone answers tokens, everything else is what a test says. `n`-th token
 * is `token-n`; only the newest is accepted once `revoke` was called.
 */
export class LocalCloud {
  readonly received: Received[] = [];
  tokens = 0;
  /** Connections that are open, and how many there were at most. */
  readonly sockets = { open: 0, most: 0 };
  private accepted = 0;
  private readonly routes = new Map<string, Route>();

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<LocalCloud> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const cloud = new LocalCloud(
      server,
      `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    );
    server.on("connection", (socket) => {
      cloud.sockets.most = Math.max(cloud.sockets.most, ++cloud.sockets.open);
      socket.on("close", () => cloud.sockets.open--);
    });
    server.on("request", (request: IncomingMessage, response: ServerResponse) => {
      void cloud.serve(request, response);
    });
    cloud.on("POST /v3/auth/tokens", (_received, response) => {
      cloud.tokens++;
      const token = {
        project: { id: "project-1" },
        user: { id: "user-1" },
        roles: [{ id: "role-1", name: "member" }],
        catalog: cloud.catalog(),
      };
      reply(response, 201, { token }, { "x-subject-token": `token-${cloud.tokens}` });
    });
    return cloud;
  }

  /** @param route e.g. `GET /image/v2/images` */
  on(route: string, handler: Route): void {
    this.routes.set(route, handler);
  }

  /** From now on only tokens that are given out later are accepted. */
  revoke(): void {
    this.accepted = this.tokens + 1;
  }

  /** Connects as the product does: by a clouds.yaml. */
  connect(options: { clock?: Clock; signal?: AbortSignal } = {}): Promise<OpenStack> {
    const directory = mkdtempSync(join(tmpdir(), "local-cloud-"));
    const file = join(directory, "clouds.yaml");
    const auth = { auth_url: this.url, username: "demo", password, domain_name: "Default" };
    writeFileSync(
      file,
      JSON.stringify({ clouds: { local: { auth: { ...auth, project_name: "demo" } } } }),
    );
    return connect({
      env: { OS_CLIENT_CONFIG_FILE: file },
      cwd: directory,
      home: directory,
      random: () => 0,
      ...options,
    });
  }

  /** Requests for a path, without its query. */
  requestsTo(path: string): Received[] {
    return this.received.filter(({ url }) => url.split("?")[0] === path);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private catalog() {
    return ["compute", "image", "network", "volumev3", "baremetal"].map((type) => ({
      type,
      endpoints: [{ interface: "public", region_id: "RegionOne", url: `${this.url}/${type}/` }],
    }));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const received = {
      method: request.method ?? "",
      url: request.url ?? "",
      headers: request.headers,
      body: Buffer.concat(chunks).toString(),
    };
    this.received.push(received);
    const path = received.url.split("?")[0] ?? "";
    const token = Number(String(received.headers["x-auth-token"]).replace("token-", ""));
    if (path !== "/v3/auth/tokens" && !(token >= this.accepted)) {
      reply(response, 401, {
        error: { message: "The request you have made requires authentication." },
      });
      return;
    }
    const route = this.routes.get(`${received.method} ${path}`);
    if (route === undefined) reply(response, 404, { itemNotFound: { message: `no ${path}` } });
    else route(received, response);
  }
}

/** Answers JSON with a request id. */
export function reply(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, {
    "content-type": "application/json",
    "x-openstack-request-id": "req-1",
    ...headers,
  });
  response.end(JSON.stringify(body));
}

/** A clock on which waiting takes no time; `sleeps` are the waits that were asked for. */
export class InstantClock implements Clock {
  readonly sleeps: number[] = [];
  private ms = Date.parse("2026-01-01T00:00:00Z");

  now(): Date {
    return new Date(this.ms);
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    // Deadlines of requests are waits too; they shall not pass by themselves.
    if (ms > 30_000) {
      return new Promise((_resolve, reject) => {
        signal?.addEventListener("abort", () => {
          reject(signal.reason as Error);
        });
      });
    }
    this.sleeps.push(ms);
    this.ms += ms;
    return Promise.resolve();
  }
}

/** An image as Glance shows it. */
export function imageOf(id: string, more: Record<string, unknown> = {}) {
  return {
    id,
    name: `name of ${id}`,
    status: "active",
    owner: "project-1",
    tags: [],
    visibility: "private",
    protected: false,
    size: 1,
    min_disk: 1,
    min_ram: 0,
    created_at: "2026-01-01T00:00:00Z",
    updated_at: "2026-01-01T00:00:00Z",
    ...more,
  };
}
