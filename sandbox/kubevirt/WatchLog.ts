import { ApiRefusal } from "./ApiRefusal";
import type { Target } from "./apiRequest";
import { inVersion } from "./objectApi";
import type { ObjectStore, StoreEvent } from "./ObjectStore";
import { isSelected } from "./selectors";

/** How many events are remembered; who has seen less has to list again. */
const longest = 2000;

/** What has happened, for those who watch. */
export class WatchLog {
  #events: StoreEvent[] = [];
  #forgotten = 0;
  readonly #watchers = new Set<(event: StoreEvent) => void>();

  constructor(private readonly store: ObjectStore) {
    store.onEvent((event) => {
      this.#events.push(event);
      if (this.#events.length > longest) this.#forgotten = this.#events.shift()?.version ?? 0;
      for (const watcher of this.#watchers) watcher(event);
    });
  }

  /** A stream of JSON lines that ends when its reader goes, or after `timeoutSeconds`. */
  stream(target: Target, query: URLSearchParams, initial: () => object[]): ReadableStream {
    const encoder = new TextEncoder();
    const since = query.get("resourceVersion") ?? "";
    let end: () => void = () => undefined;
    return new ReadableStream({
      start: (controller) => {
        const send = (line: object) => {
          controller.enqueue(encoder.encode(`${JSON.stringify(line)}\n`));
        };
        const tell = (event: StoreEvent) => {
          if (isWatched(event, target, query)) send(lineOf(event, target));
        };
        for (const line of this.#past(since, initial, tell)) send(line);
        if (query.get("sendInitialEvents") === "true") send(bookmark(target, this.store.version));
        this.#watchers.add(tell);
        const seconds = Number(query.get("timeoutSeconds") ?? "0");
        const timer = setTimeout(
          () => {
            end();
            controller.close();
          },
          Math.min(seconds > 0 ? seconds : 1800, 1800) * 1000,
        );
        timer.unref();
        end = () => {
          clearTimeout(timer);
          this.#watchers.delete(tell);
        };
      },
      cancel: () => {
        end();
      },
    });
  }

  #past(since: string, initial: () => object[], tell: (event: StoreEvent) => void): object[] {
    if (since === "" || since === "0") {
      return initial().map((object) => ({ type: "ADDED", object }));
    }
    if (Number(since) < this.#forgotten) {
      const gone = new ApiRefusal(410, "Expired", `too old resource version: ${since}`);
      return [{ type: "ERROR", object: gone.toStatus() }];
    }
    for (const event of this.#events) if (event.version > Number(since)) tell(event);
    return [];
  }
}

function isWatched(
  { resource, object }: StoreEvent,
  target: Target,
  query: URLSearchParams,
): boolean {
  if (resource !== target.type || !isSelected(object, query)) return false;
  return target.namespace === undefined || object.metadata.namespace === target.namespace;
}

function lineOf({ type, object }: StoreEvent, target: Target): object {
  return { type, object: inVersion(object, target.type, target.version) };
}

function bookmark({ type, version }: Target, resourceVersion: string): object {
  const annotations = { "k8s.io/initial-events-end": "true" };
  const metadata = { name: "", resourceVersion, annotations };
  return {
    type: "BOOKMARK",
    object: inVersion({ apiVersion: "", kind: type.kind, metadata }, type, version),
  };
}
