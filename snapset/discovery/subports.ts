import type { ObservedCloud, ObservedPort } from "./observed";

/** The ports of the servers and those behind their trunks. */
export function portsOfServers(
  { ports, trunks }: ObservedCloud,
  serverIds: ReadonlySet<string>,
): ObservedPort[] {
  const own = ports.filter(({ device_id }) => serverIds.has(device_id));
  return withSubports(own, { ports, trunks });
}

/** Ports and those behind their trunks. */
export function withSubports(
  parents: readonly ObservedPort[],
  { ports, trunks }: Pick<ObservedCloud, "ports" | "trunks">,
): ObservedPort[] {
  const ids = new Set(parents.map(({ id }) => id));
  const behind = new Set(
    trunks
      .filter(({ port_id }) => ids.has(port_id))
      .flatMap(({ sub_ports }) => sub_ports.map(({ port_id }) => port_id)),
  );
  return [...parents, ...ports.filter(({ id }) => behind.has(id))];
}
