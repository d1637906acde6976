/** One request that the sandbox answered. */
export interface LoggedRequest {
  at: Date;
  service: string;
  /** The API action, e.g. `createImage`; empty where nothing knows the path. */
  action: string;
  method: string;
  path: string;
  /** 0 when the connection was reset instead. */
  status: number;
}

// A sandbox that is left running must not grow for ever.
const capacity = 50_000;

/** What was asked of the sandbox: lets a test say "nothing was created". */
export class RequestLog {
  #requests: LoggedRequest[] = [];
  #total = 0;

  get total(): number {
    return this.#total;
  }

  add(request: LoggedRequest): void {
    this.#total += 1;
    this.#requests.push(request);
    if (this.#requests.length > capacity) this.#requests.splice(0, capacity / 2);
  }

  filter(predicate: (request: LoggedRequest) => boolean): LoggedRequest[] {
    return this.#requests.filter(predicate);
  }

  /** Requests that may have changed something and were not refused. */
  changes(): LoggedRequest[] {
    return this.filter(
      ({ method, service, status }) =>
        method !== "GET" && method !== "HEAD" && service !== "identity" && status < 400,
    );
  }

  /** How often each action was asked for, e.g. `{ "compute createImage": 3 }`. */
  counts(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { service, action } of this.#requests) {
      const key = `${service} ${action}`;
      counts[key] = (counts[key] ?? 0) + 1;
    }
    return counts;
  }

  clear(): void {
    this.#requests = [];
    this.#total = 0;
  }
}
