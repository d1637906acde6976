import { Pool } from "undici";
import { median } from "../statistics";

/** What the load generator is told, as JSON in its only argument. */
export interface LoadOrder {
  /** Scheme, host and port. */
  origin: string;
  /** Asked for in turn. */
  paths: readonly string[];
  headers: Record<string, string>;
  /** Requests under way at a time. */
  concurrency: number;
  seconds: number;
}

/** What it answers, as JSON on its standard output. */
export interface LoadResult {
  requests: number;
  elapsedMs: number;
  medianMs: number;
  slowestMs: number;
}

async function load(order: LoadOrder): Promise<LoadResult> {
  const pool = new Pool(order.origin, { connections: order.concurrency, pipelining: 1 });
  const started = performance.now();
  const end = started + order.seconds * 1000;
  const times: number[] = [];
  const askOn = async (): Promise<void> => {
    while (performance.now() < end) {
      const sent = performance.now();
      const path = order.paths[times.length % order.paths.length] ?? "/";
      const { statusCode, body } = await pool.request({
        method: "GET",
        path,
        headers: order.headers,
      });
      const text = await body.text();
      if (statusCode !== 200) throw new Error(`GET ${path}: ${statusCode} ${text}`);
      times.push(performance.now() - sent);
    }
  };
  await Promise.all(Array.from({ length: order.concurrency }, askOn));
  const elapsedMs = performance.now() - started;
  await pool.close();
  const slowestMs = times.reduce((most, time) => Math.max(most, time), 0);
  return { requests: times.length, elapsedMs, medianMs: median(times), slowestMs };
}

load(JSON.parse(process.argv[2] ?? "{}") as LoadOrder)
  .then((result) => {
    process.stdout.write(JSON.stringify(result));
  })
  .catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
