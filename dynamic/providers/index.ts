import type { StackConfig, Surroundings } from "./context";
import { connectEngine, type Engine } from "./engine";
import type { Provider } from "./provider";
import { resetProvider } from "./reset";
import { restorationProvider } from "./restoration";
import { revivalProvider } from "./revival";
import { selectionProvider } from "./selection";
import { snapIdProvider } from "./snapId";
import { snapSetProvider } from "./snapSet";

type AnyProvider = Provider<Record<string, unknown>, Record<string, unknown>>;

// The names are for ever: the stubs in yesterday's state call them.
const factories: Record<string, (surroundings: Surroundings) => unknown> = {
  SnapId: snapIdProvider,
  SnapSet: snapSetProvider,
  Selection: selectionProvider,
  Revival: revivalProvider,
  Reset: resetProvider,
  Restoration: restorationProvider,
};

const configs = new Map<string, StackConfig>();
let engine: Engine | undefined;

/** Carries out one call of a stub. Calls of one process run concurrently. */
export async function call(kind: string, method: string, args: unknown[]): Promise<unknown> {
  if (method === "configure") {
    configs.set(kind, args[0] as StackConfig);
    return undefined;
  }
  const provider = providerOf(kind);
  const [a, b, c] = args as [never, never, never];
  switch (method) {
    case "check":
      return (await provider.check?.(a, b)) ?? { inputs: b, failures: [] };
    case "diff":
      return provider.diff(a, b, c);
    case "create":
      return provider.create(a);
    case "read":
      return (await provider.read?.(a, b)) ?? { id: a, props: b };
    case "update":
      return (await provider.update?.(a, b, c)) ?? { outs: { ...(b as object), ...(c as object) } };
    case "delete":
      return provider.delete?.(a, b);
    default:
      throw new Error(`a dynamic provider has no method ${method}`);
  }
}

function providerOf(kind: string): AnyProvider {
  const factory = factories[kind];
  if (factory === undefined) throw new Error(`there is no dynamic provider ${kind}`);
  engine ??= connectEngine();
  return factory({ config: configs.get(kind) ?? { get: () => undefined }, engine }) as AnyProvider;
}
