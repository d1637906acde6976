import { systemClock } from "../../../common/clock";
import {
  apiVersionOf,
  controllers,
  pathOf,
  running,
  type Served,
  type Write,
} from "../../../sandbox/kubevirt";
import { isRefusal, type Api } from "../Api";
import { ApiView, type Machinery } from "./ApiView";

const intervalMs = 200;

/** The sandbox's controllers over a real API: everything is listed, and the next writes are done. */
export class ApiControllers {
  readonly #ending = new AbortController();
  #loop: Promise<void> = Promise.resolve();
  /** What went wrong last, for who waits in vain. */
  lastProblem = "";

  constructor(
    private readonly api: Api,
    private readonly machinery: Machinery,
  ) {}

  start(): void {
    this.#loop = this.#run();
  }

  async end(): Promise<void> {
    this.#ending.abort();
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      const hasWritten = await this.#pass().catch((error: unknown) => {
        this.lastProblem = String(error);
        return false;
      });
      if (!hasWritten) await systemClock.sleep(intervalMs, signal).catch(() => undefined);
    }
  }

  /** @returns whether anything was written */
  async #pass(): Promise<boolean> {
    const view = await ApiView.take(this.api, this.machinery);
    const writes = running(controllers, view).flatMap(({ type, reconcile }) =>
      view.list(type).flatMap((object) => reconcile(object, view) ?? []),
    );
    const done = await Promise.all(writes.map((write) => this.#write(write)));
    return done.includes(true);
  }

  async #write(write: Write): Promise<boolean> {
    try {
      return await isWritten(this.api, write, this.machinery.served);
    } catch (error) {
      this.lastProblem = String(error);
      return false;
    }
  }
}

/** Does a write, unless its object is not what it was at the last look: then one looks again. */
export async function isWritten(api: Api, write: Write, served: Served): Promise<boolean> {
  try {
    await writeTo(api, write, served);
    return true;
  } catch (error) {
    if ([404, 409].some((status) => isRefusal(error, status))) return false;
    throw error;
  }
}

/** Does a write that a controller wants, in a version that is served. */
async function writeTo(api: Api, { verb, type, object }: Write, served: Served): Promise<void> {
  const version = served[type.group]?.[0];
  const { namespace, name } = object.metadata;
  const path = pathOf(type, namespace, name, version);
  const body = { ...object, apiVersion: apiVersionOf(type, version) };
  if (verb === "create") await api.create(pathOf(type, namespace, undefined, version), body);
  else if (verb === "delete") await api.call("DELETE", path);
  else if (verb === "update" || !type.hasStatus) await api.call("PUT", path, body);
  else await api.call("PUT", `${path}/status`, body);
}
