import type { Clock } from "../../common/clock";
import { request } from "undici";
import { z } from "zod";

/** The time of a sandbox that stands still unless somebody sleeps: waiting costs nothing. */
export class ControlledClock implements Clock {
  private constructor(
    private readonly url: string,
    private time: Date,
  ) {}

  /** @param url of the sandbox */
  static async open(url: string): Promise<ControlledClock> {
    return new ControlledClock(url, await advance(url, 0));
  }

  now(): Date {
    return this.time;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.time = await advance(this.url, ms);
  }
}

async function advance(url: string, ms: number): Promise<Date> {
  const { body } = await request(`${url}/sandbox/advance`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ms }),
  });
  return new Date(z.object({ now: z.string() }).parse(await body.json()).now);
}
